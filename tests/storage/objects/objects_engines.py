"""The engines that all pass the contract, opened by name: here and in child processes."""

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path

from core.clock import FixedClock
from storage.objects import MAX_PAGE, FolderObjectStore, ObjectStore

SECRET = "a secret of the tests"
CLOCK = FixedClock()


def _folder(place: Path) -> ObjectStore:
    return FolderObjectStore(place / "files", secret=SECRET, clock=CLOCK)


ENGINES: dict[str, Callable[[Path], ObjectStore]] = {"folder": _folder}


def open_store(engine: str, place: Path) -> ObjectStore:
    """Open the store of *engine* that belongs to *place*; twice gives the same objects."""
    return ENGINES[engine](place)


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
