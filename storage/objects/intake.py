"""Bytes on their way into a store: counted, hashed, and refused when they are too many or wrong."""

import hashlib
from collections.abc import Iterable, Iterator
from typing import BinaryIO

from core.errors import InvalidInput
from storage.objects.interface import CHUNK
from storage.objects.keys import named_hash

_MIB = 1024 * 1024


class Intake:
    """Iterates over *chunks* once and measures them.

    An engine publishes only after the iteration has ended without an error: ``InvalidInput`` comes
    as soon as there are more than *limit* bytes, and at the end when *key* is a blob's and names
    another hash.
    """

    def __init__(self, key: str, chunks: Iterable[bytes] | BinaryIO, limit: int | None) -> None:
        self._key, self._chunks, self._limit = key, chunks, limit
        self._hash = hashlib.sha256()
        self.size = 0

    @property
    def sha256(self) -> str:
        """The hex digest of what has passed."""
        return self._hash.hexdigest()

    def __iter__(self) -> Iterator[bytes]:
        for piece in _pieces(self._chunks):
            self.size += len(piece)
            if self._limit is not None and self.size > self._limit:
                raise InvalidInput(
                    f"文件超过了 {_readable(self._limit)} 的上限，请压缩或拆分后再上传。",
                    field="size",
                )
            self._hash.update(piece)
            yield piece
        if named_hash(self._key) not in {None, self.sha256}:
            raise InvalidInput("文件内容与它的 SHA-256 不符，请重新上传。", field="sha256")


def _pieces(chunks: Iterable[bytes] | BinaryIO) -> Iterator[bytes]:
    """Read a file in chunks: iterating over one would give lines of any length."""
    if hasattr(chunks, "read"):
        while piece := chunks.read(CHUNK):
            yield piece
    else:
        yield from chunks


def _readable(size: int) -> str:
    return f"{size / _MIB:.4g} MB" if size >= _MIB else f"{size} 字节"
