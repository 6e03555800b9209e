"""TIFF: the size of every page, from the directories."""

import struct
from typing import BinaryIO, Final

from assets.sniffing.pixels import check_pixels
from assets.sniffing.structure import damaged, read_at

_WIDTH, _HEIGHT = 256, 257
_SHORT: Final = 3
_MOST_PAGES: Final = 1000
_MOST_TAGS: Final = 4096


def check(file: BinaryIO, _size: int) -> None:
    """Raise ``Wrong`` for what is no TIFF or too large. BigTIFF is not read by many."""
    head = read_at(file, 0, 8)
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(head[:4])
    if order is None or len(head) < 8:
        raise damaged("TIFF 图片")
    at = struct.unpack(f"{order}I", head[4:])[0]
    seen: set[int] = set()
    while at:
        if at in seen or len(seen) >= _MOST_PAGES:
            raise damaged("TIFF 图片")
        seen.add(at)
        at = _page(file, at, order)
    if not seen:
        raise damaged("TIFF 图片")


def _page(file: BinaryIO, at: int, order: str) -> int:
    """Check the page whose directory is at *at*; return where the next one is, 0 for none."""
    count = int.from_bytes(read_at(file, at, 2), "little" if order == "<" else "big")
    rows = read_at(file, at + 2, 12 * count + 4)
    if not 1 <= count <= _MOST_TAGS or len(rows) < 12 * count + 4:
        raise damaged("TIFF 图片")
    sides = {}
    for tag, kind, _number, raw in struct.iter_unpack(f"{order}HHI4s", rows[:-4]):
        if tag in {_WIDTH, _HEIGHT}:
            value = raw[:2] if kind == _SHORT else raw
            sides[tag] = int.from_bytes(value, "little" if order == "<" else "big")
    if len(sides) < 2:
        raise damaged("TIFF 图片")
    check_pixels(sides[_WIDTH], sides[_HEIGHT])
    following: int = struct.unpack(f"{order}I", rows[-4:])[0]
    return following
