"""Where a page ended: one form for every engine, so a cursor outlives a move to another one."""

import hashlib
import struct
from dataclasses import dataclass
from typing import Final

from storage.search import cursors

_FORM: Final = struct.Struct(">Bbqq")
_VERSION: Final = 3


@dataclass(frozen=True, order=True)
class Position:
    """A place in the order of hits: its tier, ``storage.search.order.number`` and ``tie``."""

    score: int
    number: int
    tie: int


def tie(asset_id: str) -> int:
    """Return the 63 bits that order assets of one number, which almost none share."""
    key = asset_id.encode("utf-8", "surrogatepass")
    digest = hashlib.blake2b(key, digest_size=8).digest()
    return int.from_bytes(digest) >> 1


def write(last: Position) -> str:
    """Return the opaque cursor of a page whose last hit stands at *last*."""
    return cursors.write(_FORM.pack(_VERSION, last.score, last.number, last.tie))


def read(cursor: str) -> Position:
    """Return the position in *cursor*; ``InvalidInput`` for what ``write`` never made."""
    version, *place = _FORM.unpack(cursors.read(cursor, _FORM.size))
    if version != _VERSION:
        raise cursors.unusable()
    return Position(*place)
