"""Cursors of cases and their evidence: where a page ended, opaque to whoever carries it."""

import base64
import binascii
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.clock import parse_iso
from core.errors import InvalidInput

_WRONG = "cursor 不对，请从第一页重新开始。"


@dataclass(frozen=True)
class Position:
    """The last case of a page: its group, the time (UTC) it is sorted by, its id."""

    closed: bool
    moment: datetime
    id: str


def next_cursor(last: Position) -> str:
    """Write *last* as a cursor; microseconds are kept, so that no case is skipped."""
    return _written([int(last.closed), last.moment.isoformat(), last.id])


def position(cursor: str) -> Position:
    """Read a cursor. Raises ``InvalidInput``."""
    closed, moment, case_id = _read(cursor, 3)
    if closed not in (0, 1):
        raise InvalidInput(_WRONG, "cursor")
    return Position(bool(closed), moment, case_id)


def joined_cursor(joined_at: datetime, mention_id: str) -> str:
    """Write where a page of evidence ended."""
    return _written([joined_at.isoformat(), mention_id])


def joined_position(cursor: str) -> tuple[datetime, str]:
    """Read when the last mention of a page joined (UTC), and its id. Raises ``InvalidInput``."""
    moment, mention_id = _read(cursor, 2)
    return moment, mention_id


def _written(fields: list[Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(fields).encode()).decode().rstrip("=")


def _read(cursor: str, length: int) -> list[Any]:
    """Read *length* fields, of which the last are a moment and an id."""
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        fields = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        *first, moment, record_id = fields
        if len(fields) != length or not isinstance(record_id, str):
            raise ValueError("not a position")
        return [*first, parse_iso(moment), record_id]
    except (
        ValueError,
        TypeError,
        OverflowError,
        UnicodeError,
        binascii.Error,
        RecursionError,
    ) as error:
        raise InvalidInput(_WRONG, "cursor") from error
