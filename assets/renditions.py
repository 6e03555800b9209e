"""Pictures made from a version: kept as objects, found by rows."""

from collections.abc import Iterable

from assets.reading.result import Picture
from storage.objects import ObjectStore
from storage.records.library import Rendition

_LARGEST = 16 << 20  # bytes of one picture; the largest real ones are far below


def rendition_key(version_id: str, name: str) -> str:
    """Return the object key of a picture; *name* is thumb, preview or page-N."""
    return f"renditions/{version_id}/{name}.webp"


def keep_pictures(
    files: ObjectStore, version_id: str, pictures: Iterable[Picture]
) -> list[Rendition]:
    """Store *pictures* as objects and return the rows to add; doing it again does no harm.

    Raises ``StorageError`` and ``InvalidInput`` as ``ObjectStore.put`` does.
    """
    rows = []
    for picture in pictures:
        key = rendition_key(version_id, picture.name)
        with picture.path.open("rb") as file:
            files.put(key, file, limit=_LARGEST)
        rows.append(
            Rendition(
                version_id=version_id,
                name=picture.name,
                object_key=key,
                media_type=picture.media_type,
                width=picture.width,
                height=picture.height,
            )
        )
    return rows
