"""GIF: blocks up to a trailer, and nothing behind it."""

import struct
from typing import BinaryIO, Final

from assets.sniffing.pixels import check_pixels
from assets.sniffing.structure import damaged, read_at

_MOST: Final = 2_000_000  # of blocks; a large animation has some hundred thousand


def check(file: BinaryIO, size: int) -> None:
    """Raise ``Wrong`` for what is no GIF, too large, or goes on behind its end."""
    head = read_at(file, 0, 13)
    if len(head) < 13 or head[:6] not in {b"GIF87a", b"GIF89a"}:
        raise damaged("GIF 图片")
    check_pixels(*struct.unpack("<HH", head[6:10]))
    file.seek(13 + _table(head[10]))
    pictures, left = 0, _MOST
    for _number in range(_MOST):
        kind = file.read(1)
        if kind == b"\x3b":
            if pictures and file.tell() == size:
                return
            break
        if kind == b"\x2c":
            frame = file.read(9)
            if len(frame) < 9:
                break
            check_pixels(*struct.unpack("<HH", frame[4:8]))
            file.seek(_table(frame[8]) + 1, 1)
            pictures += 1
        elif kind == b"\x21":
            file.seek(1, 1)
        else:
            break
        left = _skip_blocks(file, left)
    raise damaged("GIF 图片")


def _table(flags: int) -> int:
    """Return the bytes of the colour table that *flags* announce."""
    return 3 * 2 ** ((flags & 7) + 1) if flags & 0x80 else 0


def _skip_blocks(file: BinaryIO, left: int) -> int:
    """Go behind a row of blocks; return how many more a file may have."""
    for used in range(left):
        length = file.read(1)
        if length == b"\0":
            return left - used
        if not length:
            break
        file.seek(length[0], 1)
    raise damaged("GIF 图片")
