"""Fonts: the table directory must name tables inside the file."""

import struct
from typing import BinaryIO, Final

from assets.sniffing.structure import Check, damaged, read_at

_TRUE_TYPE: Final = (b"\x00\x01\x00\x00", b"true")
_NEEDED: Final = {b"head", b"name", b"cmap"}
_MOST_FONTS: Final = 256


def _directory(file: BinaryIO, offset: int, size: int) -> set[bytes]:
    """Return the tags of the tables of the font at *offset*."""
    head = read_at(file, offset, 12)
    if len(head) < 12:
        raise damaged("字体")
    count = struct.unpack(">H", head[4:6])[0]
    rows = read_at(file, offset + 12, 16 * count)
    if not count or len(rows) < 16 * count:
        raise damaged("字体")
    tags = set()
    for tag, _sum, start, length in struct.iter_unpack(">4sIII", rows):
        if start + length > size:
            raise damaged("字体")
        tags.add(tag)
    return tags


def _sfnt(*marks: bytes) -> Check:
    def check(file: BinaryIO, size: int) -> None:
        if read_at(file, 0, 4) not in marks or not _directory(file, 0, size) >= _NEEDED:
            raise damaged("字体")

    return check


def _collection(file: BinaryIO, size: int) -> None:
    mark, _version, count = struct.unpack(">4sII", read_at(file, 0, 12).ljust(12, b"\0"))
    offsets = read_at(file, 12, 4 * min(count, _MOST_FONTS))
    if mark != b"ttcf" or not 1 <= count <= _MOST_FONTS or len(offsets) < 4 * count:
        raise damaged("字体集")
    for (offset,) in struct.iter_unpack(">I", offsets):
        _directory(file, offset, size)


def _packed(mark: bytes) -> Check:
    def check(file: BinaryIO, size: int) -> None:
        head = read_at(file, 0, 14).ljust(14, b"\0")
        found, _flavour, length, tables = struct.unpack(">4sIIH", head)
        # Both formats give the length of the whole file, so nothing can hang on behind.
        if found != mark or length != size or not tables:
            raise damaged("字体")

    return check


CHECKS: Final[dict[str, Check]] = {
    "ttf": _sfnt(*_TRUE_TYPE),
    "otf": _sfnt(b"OTTO", *_TRUE_TYPE),
    "ttc": _collection,
    "woff": _packed(b"wOFF"),
    "woff2": _packed(b"wOF2"),
}
