"""What the checks of a file's structure share."""

from collections.abc import Callable, Iterator
from typing import BinaryIO, Final

from core.errors import InvalidInput

Check = Callable[[BinaryIO, int], None]
_PIECE: Final = 1024 * 1024


class Wrong(InvalidInput):
    """Why a file is refused, in a sentence."""

    def __init__(self, message: str) -> None:
        super().__init__(message, field="file")


def damaged(name: str) -> Wrong:
    """Return the error for a file whose structure does not hold."""
    return Wrong(f"文件不是完整的{name}：可能已损坏，或者改过扩展名。请重新导出后再上传。")


def read_at(file: BinaryIO, offset: int, size: int) -> bytes:
    """Return *size* bytes from *offset*, fewer only at the end."""
    file.seek(offset)
    return file.read(size)


def pieces(file: BinaryIO, overlap: int) -> Iterator[bytes]:
    """Yield the whole file in pieces that repeat the last *overlap* bytes of the one before."""
    file.seek(0)
    before = b""
    while piece := file.read(_PIECE):
        yield before + piece
        before = (before + piece)[-overlap:]
