"""Dates that programs write: ISO 8601 and seconds or milliseconds since 1970."""

import re
from datetime import UTC, datetime, timedelta
from typing import Final

# 09:05-10:30 behind a blank is a span, not a zone.
_ISO: Final = re.compile(r"\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?! ?-)|T|$)")
_UNIX: Final = re.compile(
    r"(?:/Date\()?(\d{10})(?:\.\d{1,9}|(\d{3})(?:\d{3})?)?(?:[+-]\d{4})?(?:\)/)?$"
)


def read_stamp(text: str, now: datetime) -> datetime | None:
    """Return the moment of *text* where all of it is a stamp; naive where it names no zone."""
    if _ISO.match(text):
        try:
            return datetime.fromisoformat(text)
        except ValueError:
            return None  # 2025-11-03 08:09 来源
    found = _UNIX.match(text)
    if found is None:
        return None
    moment = datetime.fromtimestamp(int(found[1]), UTC)
    moment += timedelta(milliseconds=int(found[2] or 0))
    # Ten figures that lie ahead of us are somebody's number.
    return moment if moment <= now + timedelta(days=2) else None
