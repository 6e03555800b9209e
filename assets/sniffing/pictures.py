"""Pictures: their size from the header alone, before anybody decodes them, and where they end."""

import struct
from typing import BinaryIO, Final

from assets.sniffing import gif, jpeg, tiff
from assets.sniffing.boxes import boxes, brands
from assets.sniffing.pixels import check_pixels
from assets.sniffing.structure import Check, damaged, read_at

_PNG: Final = b"\x89PNG\r\n\x1a\n"
_META_MOST: Final = 4 * 1024 * 1024
_CHUNKS_MOST: Final = 1_000_000


def _png(file: BinaryIO, size: int) -> None:
    head = read_at(file, 0, 24)
    if len(head) < 24 or not head.startswith(_PNG) or head[12:16] != b"IHDR":
        raise damaged("PNG 图片")
    check_pixels(*struct.unpack(">II", head[16:24]))
    at = 8
    for _number in range(_CHUNKS_MOST):
        part = read_at(file, at, 8)
        if len(part) < 8:
            break
        length, kind = struct.unpack(">I4s", part)
        at += 12 + length
        if kind == b"IEND":
            if at == size:
                return
            break
    raise damaged("PNG 图片")


def _webp(file: BinaryIO, size: int) -> None:
    head = read_at(file, 0, 30).ljust(30, b"\0")
    length = int.from_bytes(head[4:8], "little") + 8
    if head[:4] != b"RIFF" or head[8:12] != b"WEBP" or not 0 <= size - length <= 1:
        raise damaged("WebP 图片")
    kind = head[12:16]
    if kind == b"VP8X":
        width, height = (int.from_bytes(head[at : at + 3], "little") + 1 for at in (24, 27))
    elif kind == b"VP8L":
        bits = int.from_bytes(head[21:25], "little")
        width, height = (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    elif kind == b"VP8 ":
        width, height = (value & 0x3FFF for value in struct.unpack("<HH", head[26:30]))
    else:
        raise damaged("WebP 图片")
    check_pixels(width, height)


def _bmp(file: BinaryIO, size: int) -> None:
    head = read_at(file, 0, 26).ljust(26, b"\0")
    length, start = struct.unpack("<I4xI", head[2:14])
    if head[:2] != b"BM" or start > size or length not in {0, size}:
        raise damaged("BMP 图片")
    width, height = struct.unpack("<ii", head[18:26])
    check_pixels(abs(width), abs(height))


def _psd(file: BinaryIO, _size: int) -> None:
    head = read_at(file, 0, 26).ljust(26, b"\0")
    if head[:6] != b"8BPS\0\1":
        raise damaged("Photoshop 文件")
    height, width = struct.unpack(">II", head[14:22])
    check_pixels(width, height)


def _still(name: str, *allowed: bytes) -> Check:
    def check(file: BinaryIO, size: int) -> None:
        found = list(boxes(file, size, name))
        if not found or found[0].kind != b"ftyp" or not brands(file, found[0]) & set(allowed):
            raise damaged(name)
        meta = next((box for box in found if box.kind == b"meta"), None)
        if meta is None or meta.end - meta.start > _META_MOST:
            raise damaged(name)
        _check_extents(read_at(file, meta.start, meta.end - meta.start), name)

    return check


def _check_extents(meta: bytes, name: str) -> None:
    """Check every picture's size: the box ``ispe`` is version and flags, width, height."""
    sizes = [struct.unpack(">II", each[4:12]) for each in meta.split(b"ispe")[1:] if len(each) > 11]
    if not sizes:
        raise damaged(name)
    for width, height in sizes:
        check_pixels(width, height)


CHECKS: Final[dict[str, Check]] = {
    "png": _png,
    "jpeg": jpeg.check,
    "gif": gif.check,
    "webp": _webp,
    "tiff": tiff.check,
    "bmp": _bmp,
    "psd": _psd,
    "heic": _still("HEIC 图片", b"heic", b"heix", b"heim", b"heis", b"hevc"),
    "avif": _still("AVIF 图片", b"avif", b"avis"),
}
