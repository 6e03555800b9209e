"""ISO base media files (MP4, MOV, HEIC, AVIF): boxes that cover the file without a gap."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final

from assets.sniffing.structure import damaged, read_at

_MOST: Final = 100_000


@dataclass(frozen=True)
class Box:
    """A box; *start* and *end* bound its content."""

    kind: bytes
    start: int
    end: int


def boxes(file: BinaryIO, size: int, name: str) -> Iterator[Box]:
    """Yield the outermost boxes. Raises ``Wrong`` when they do not end where the file does."""
    at = 0
    for _number in range(_MOST):
        if at == size:
            return
        head = read_at(file, at, 16)
        if len(head) < 8 or not all(0x20 <= byte < 0x7F or byte == 0xA9 for byte in head[4:8]):
            raise damaged(name)
        length, kind = struct.unpack(">I4s", head[:8])
        start = at + 8
        if length == 0:
            length = size - at
        elif length == 1 and len(head) == 16:
            length, start = struct.unpack(">Q", head[8:])[0], at + 16
        if length < start - at or at + length > size:
            raise damaged(name)
        yield Box(kind, start, at + length)
        at += length
    raise damaged(name)


def brands(file: BinaryIO, box: Box) -> set[bytes]:
    """Return the brands that an ``ftyp`` box names."""
    data = read_at(file, box.start, min(box.end - box.start, 1024))
    return {data[:4], *(data[at : at + 4] for at in range(8, len(data), 4))}
