"""The one order of mentions: a 63-bit number per mention, newest largest, for every engine.

``seconds since 2020 << 31 | millisecond part << 21 | 21 bits of the id's sha1``. The embedded
engine uses it as row id, so that order, date range and cursor need no sorting; before 2020 it is
negative. A taken number is probed with further bits of the hash. Where numbers may be equal, a
second number of further bits, the tie, decides.
"""

import hashlib
import struct
from datetime import UTC, datetime, timedelta

from storage.search import cursors

MICROSECONDS = 1_000_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_START = int(datetime(2020, 1, 1, tzinfo=UTC).timestamp())
# 1883 … 2156: what lies outside keeps its exact time but shares the number of the edge.
_FIRST_SECOND: int = -(2**32)
_LAST_SECOND: int = 2**32 - 1
_HASH_BITS: int = 31
_FINE_BITS: int = 21
_FINE_PROBES = 7
_TIE_BITS: int = 63
_CURSOR = struct.Struct(">Bqq")
_CURSOR_VERSION = 2


def microseconds(moment: datetime) -> int:
    """Return microseconds since 1970 of an aware *moment*, exactly."""
    return (moment - _EPOCH) // timedelta(microseconds=1)


def moment_at(stamp: int) -> datetime:
    """Return the UTC moment *stamp* microseconds after 1970."""
    return _EPOCH + timedelta(microseconds=stamp)


def number(mention_id: str, published: int, attempt: int = 0) -> int:
    """Return the order number of a mention published at *published* microseconds since 1970.

    *attempt* counts up when a number is taken. The first seven keep millisecond order; after
    millions of mentions in one moment only the second is kept.
    """
    second, fraction = divmod(published, MICROSECONDS)
    key = mention_id.encode("utf-8", "surrogatepass")
    base = bound(second)
    if attempt >= _FINE_PROBES:
        digest = hashlib.sha1(key + b"\0%d" % attempt, usedforsecurity=False).digest()
        return base | int.from_bytes(digest[:4]) >> 1
    bits = int.from_bytes(hashlib.sha1(key, usedforsecurity=False).digest())
    fine = bits >> (_FINE_BITS * attempt) & ((1 << _FINE_BITS) - 1)
    return base | (fraction // 1000) << _FINE_BITS | fine


def tie(mention_id: str) -> int:
    """Return the number, 0 … 2⁶³-1, that orders mentions of one ``number``: largest first."""
    key = mention_id.encode("utf-8", "surrogatepass")
    bits = int.from_bytes(hashlib.sha1(key, usedforsecurity=False).digest())
    return bits >> _FINE_BITS & ((1 << _TIE_BITS) - 1)


def month_start(moment: datetime) -> datetime:
    """Return when the month (UTC) of an aware *moment* began."""
    utc = moment.astimezone(UTC)
    return datetime(utc.year, utc.month, 1, tzinfo=UTC)


def bound(second: int) -> int:
    """Return the smallest number of *second* (since 1970)."""
    since_start = min(max(second - _START, _FIRST_SECOND), _LAST_SECOND)
    return since_start << _HASH_BITS


def bounds(published: int) -> tuple[int, int] | None:
    """Return the numbers below which all is earlier, and from which all is later or equal.

    They are one where *published* (µs) is a whole second, so that the number alone decides.
    None outside the years that numbers tell apart.
    """
    second, fraction = divmod(published, MICROSECONDS)
    if not _FIRST_SECOND < second - _START < _LAST_SECOND:
        return None
    return bound(second), bound(second + 1) if fraction else bound(second)


def write_cursor(last: int, tied: int) -> str:
    """Return the opaque cursor of a page whose last hit has the number *last* and the tie given."""
    return cursors.write(_CURSOR.pack(_CURSOR_VERSION, last, tied))


def read_cursor(cursor: str) -> tuple[int, int]:
    """Return number and tie in *cursor*; ``InvalidInput`` for what ``write_cursor`` never made."""
    version, last, tied = _CURSOR.unpack(cursors.read(cursor, _CURSOR.size))
    if version != _CURSOR_VERSION:
        raise cursors.unusable()
    return int(last), int(tied)
