"""Which files the records name, and which of them the store has not."""

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.objects import ObjectStore, blob_key
from storage.objects.keys import named_hash
from storage.records.copying import BATCH
from storage.records.library import Blob, Rendition
from storage.transfer.stores import Stores, every_object


def absent_files(stores: Stores) -> list[str]:
    """Return the keys that the records name and that the store has not, in order."""
    with stores.records.read() as session:
        candidates = list(_not_listed(session, stores.files))
    # What was stored or deleted meanwhile was listed too early or named too late.
    with stores.records.read() as session:
        return [
            key for key in candidates if _is_named(session, key) and stores.files.head(key) is None
        ]


def _not_listed(session: Session, files: ObjectStore) -> Iterator[str]:
    held = every_object(files)
    found = next(held, None)
    for key in _named(session):
        while found is not None and found.key < key:
            found = next(held, None)
        if found is None or found.key != key:
            yield key


def _named(session: Session) -> Iterator[str]:
    """Yield the keys in order: those of blobs come before those of renditions."""
    streamed = {"yield_per": BATCH}
    blobs = select(Blob.sha256).order_by(Blob.sha256)
    for sha256 in session.scalars(blobs, execution_options=streamed):
        yield blob_key(sha256)
    key = Rendition.object_key
    yield from session.scalars(select(key).distinct().order_by(key), execution_options=streamed)


def _is_named(session: Session, key: str) -> bool:
    sha256 = named_hash(key)
    if sha256 is not None:
        return session.get(Blob, sha256) is not None
    named = select(Rendition.name).where(Rendition.object_key == key).limit(1)
    return session.scalar(named) is not None
