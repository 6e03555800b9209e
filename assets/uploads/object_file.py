"""An object of the store as a file that can be read from any place, as format checks need it."""

import errno
import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO, Final, cast

from core.errors import Conflict
from storage.objects import ObjectStore, StoredObject

_BUFFER: Final = 256 * 1024


@contextmanager
def object_file(files: ObjectStore, checked: StoredObject) -> Iterator[BinaryIO]:
    """Give the bytes of *checked* as a read-only seekable file in bounded memory.

    Reading raises ``Conflict`` when the object was written again since it was checked.
    """
    with io.BufferedReader(_ObjectFile(files, checked), _BUFFER) as file:
        yield cast(BinaryIO, file)


class _ObjectFile(io.RawIOBase):
    def __init__(self, files: ObjectStore, checked: StoredObject) -> None:
        super().__init__()
        self._files, self._checked, self._at = files, checked, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._checked.size}[whence]
        if base + offset < 0:
            raise OSError(errno.EINVAL, "a place before the start of the file")
        self._at = base + offset
        return self._at

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        with self._files.open(self._checked.key, self._at, self._at + len(buffer)) as reader:
            if reader.head.version != self._checked.version:
                raise Conflict("文件在检查时又被上传了一次，请再试一次。")
            piece = reader.read()
        buffer[: len(piece)] = piece
        self._at += len(piece)
        return len(piece)
