"""JPEG: the frame header gives the size."""

from typing import BinaryIO, Final

from assets.sniffing.pixels import check_pixels
from assets.sniffing.structure import damaged, read_at

# SOF markers; C4, C8 and CC mean other things.
_FRAMES: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_MOST: Final = 10_000
_END: Final = b"\xff\xd9"
_TAIL: Final = 64 * 1024


def check(file: BinaryIO, size: int) -> None:
    """Raise ``Wrong`` for what is no JPEG or too large."""
    if read_at(file, 0, 2) != b"\xff\xd8":
        raise damaged("JPEG 图片")
    at, framed = 2, False
    for _number in range(_MOST):
        head = read_at(file, at, 9)
        if len(head) < 4 or head[0] != 0xFF:
            break
        marker, length = head[1], int.from_bytes(head[2:4], "big")
        if marker == 0xFF:
            at += 1
            continue
        if marker in _FRAMES and len(head) == 9:
            check_pixels(int.from_bytes(head[7:9], "big"), int.from_bytes(head[5:7], "big"))
            framed = True
        if marker == 0xDA:
            break
        at += 2 + length
    # Cameras put a second picture behind the first, so the end need not be the file's.
    if not framed or _END not in read_at(file, max(0, size - _TAIL), _TAIL):
        raise damaged("JPEG 图片")
