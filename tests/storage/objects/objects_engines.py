"""The engines that all pass the contract, opened by name: here and in child processes."""

import hashlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path

from s3_buckets import bucket_of, remove_bucket_of

from core.clock import Clock, FixedClock, SystemClock
from storage.objects import MAX_PAGE, FolderObjectStore, ObjectStore
from storage.objects.s3 import S3ObjectStore

SECRET = "a secret of the tests"
CLOCK = FixedClock()
# What a child process needs to open the same store; read now, as the tests run without it.
ENVIRON = {
    name: value for name, value in os.environ.items() if name == "SHENGYU_TEST_SERVERS" and value
}


def _folder(place: Path, clock: Clock | None) -> ObjectStore:
    return FolderObjectStore(place / "files", secret=SECRET, clock=clock or CLOCK)


def _s3(place: Path, clock: Clock | None) -> ObjectStore:
    return S3ObjectStore(bucket_of(place), clock or SystemClock())


ENGINES: dict[str, Callable[[Path, Clock | None], ObjectStore]] = {"folder": _folder, "s3": _s3}


def open_store(engine: str, place: Path, clock: Clock | None = None) -> ObjectStore:
    """Open the store of *engine* that belongs to *place*; twice gives the same objects."""
    return ENGINES[engine](place, clock)


def remove_store(engine: str, place: Path) -> None:
    """Remove what lies on a server for *place*."""
    if engine == "s3":
        remove_bucket_of(place)


def content(store: ObjectStore, key: str, start: int = 0, end: int | None = None) -> bytes:
    """Read a range of an object at once."""
    with store.open(key, start, end) as reader:
        return reader.read()


def keys(store: ObjectStore, prefix: str = "", page: int = MAX_PAGE) -> list[str]:
    """List all keys, page by page."""
    return list(_keys(store, prefix, page))


def _keys(store: ObjectStore, prefix: str, limit: int) -> Iterator[str]:
    after = None
    while True:
        page = store.list(prefix, after, limit)
        assert len(page.objects) <= limit
        yield from (found.key for found in page.objects)
        after = page.next_after
        if after is None:
            return


def sha256(data: bytes) -> str:
    """The hex digest of *data*."""
    return hashlib.sha256(data).hexdigest()
