"""Reading of the folder engine: facts of a file, and a range of its bytes."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime

from core.errors import StorageError
from storage.objects.interface import CHUNK, ObjectHead
from storage.objects.tree import Tree


def version(facts: os.stat_result) -> str:
    """Return what tells this file from every other that stood or will stand in its place."""
    return f"{facts.st_ino:x}-{facts.st_mtime_ns:x}-{facts.st_size:x}"


def head(key: str, facts: os.stat_result) -> ObjectHead:
    """Return *facts* of the file of *key* as an ``ObjectHead``."""
    modified_at = datetime.fromtimestamp(facts.st_mtime, UTC)
    return ObjectHead(key, facts.st_size, version(facts), modified_at)


class FileReader:
    """An ``ObjectReader`` over an open file, which outlives the deletion of its key."""

    def __init__(
        self, tree: Tree, handle: int, found: ObjectHead, start: int, end: int | None
    ) -> None:
        self._tree, self._handle = tree, handle
        self.head = found
        self.end = found.size if end is None else min(end, found.size)
        self.start = min(start, self.end)
        self._at = self.start

    def read(self, size: int = -1) -> bytes:
        """Return *size* bytes, fewer only at the end; all that are left when it is negative."""
        left = self.end - self._at
        wanted = left if size < 0 else min(size, left)
        pieces = []
        while wanted:
            piece = self._some(min(wanted, CHUNK))
            pieces.append(piece)
            wanted -= len(piece)
        return b"".join(pieces)

    def __iter__(self) -> Iterator[bytes]:
        while piece := self.read(CHUNK):
            yield piece

    def _some(self, size: int) -> bytes:
        with self._tree.telling():
            piece = os.pread(self._handle, size, self._at)
        if not piece:
            raise StorageError(
                f"{self.head.key} in the files {self._tree.root} was cut short by somebody."
            )
        self._at += len(piece)
        return piece
