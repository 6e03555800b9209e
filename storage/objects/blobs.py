"""Blobs: content stored once under its hash, whoever brings it. For every engine."""

import hashlib
from collections.abc import Iterable
from typing import BinaryIO

from core.ids import Ids
from storage.objects.interface import ObjectStore, StoredObject
from storage.objects.keys import INCOMING, blob_key


def store_blob(
    store: ObjectStore, chunks: Iterable[bytes] | BinaryIO, *, ids: Ids, limit: int | None
) -> StoredObject:
    """Store *chunks* under the key of their content, once, and return it.

    Raises as ``ObjectStore.put`` does; then nothing is left.
    """
    staged = store.put(INCOMING + ids.new("blob"), chunks, limit=limit)
    try:
        return _placed(store, staged)
    finally:
        store.delete(staged.key)


def place_blob(store: ObjectStore, checked: StoredObject) -> StoredObject:
    """Move what was *checked* (see ``measure``) to the key of its content and return it there.

    Content that is held already only loses its upload, so that a repetition does no harm. Else
    raises ``Conflict`` when it was uploaded again since it was checked, ``NotFound`` when it is
    gone; then nothing changes.
    """
    blob = _placed(store, checked)
    store.delete(checked.key)
    return blob


def measure(store: ObjectStore, key: str) -> StoredObject:
    """Read the whole object and return its true size and hash; ``NotFound`` when it is gone."""
    digest = hashlib.sha256()
    with store.open(key) as reader:
        for piece in reader:
            digest.update(piece)
        return StoredObject(key, reader.head.size, digest.hexdigest(), reader.head.version)


def _placed(store: ObjectStore, source: StoredObject) -> StoredObject:
    key = blob_key(source.sha256)
    held = store.head(key)
    if held is None or held.size != source.size:
        # Two who come here at once both copy: the same bytes, and the later name stands.
        store.copy(source.key, key, version=source.version)
        held = store.head(key)
    version = source.version if held is None else held.version
    return StoredObject(key, source.size, source.sha256, version)
