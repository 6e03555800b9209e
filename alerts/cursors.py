"""Cursors of the case list: where a page ended, opaque to whoever carries it."""

import base64
import binascii
import json
from dataclasses import dataclass
from datetime import datetime

from core.clock import parse_iso
from core.errors import InvalidInput


@dataclass(frozen=True)
class Position:
    """The last case of a page: its group, the time (UTC) it is sorted by, its id."""

    closed: bool
    moment: datetime
    id: str


def next_cursor(last: Position) -> str:
    """Write *last* as a cursor; microseconds are kept, so that no case is skipped."""
    fields = [int(last.closed), last.moment.isoformat(), last.id]
    return base64.urlsafe_b64encode(json.dumps(fields).encode()).decode().rstrip("=")


def position(cursor: str) -> Position:
    """Read a cursor. Raises ``InvalidInput``."""
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        closed, moment, case_id = json.loads(
            base64.b64decode(padded, altchars=b"-_", validate=True)
        )
        if closed not in (0, 1) or not isinstance(case_id, str):
            raise ValueError("not a position")
        return Position(bool(closed), parse_iso(moment), case_id)
    except (ValueError, TypeError, UnicodeError, binascii.Error, RecursionError) as error:
        raise InvalidInput("cursor 不对，请从第一页重新开始。", "cursor") from error
