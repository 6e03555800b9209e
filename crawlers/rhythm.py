"""How often a source usually brings something new, and how long it may be quiet before it is odd.

Of every day that brought something the longest wait is kept. That holds nights and weekends, which
the many short waits of a busy day would hide.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

_DAYS_KEPT: Final = 60
# Nothing new for less than this, and for fewer visits, is never odd.
SHORTEST_PATIENCE: Final = timedelta(hours=24)
_FEWEST_VISITS: Final = 12
# With fewer days than this nothing is known of a usual wait but the longest one.
_FEWEST_DAYS: Final = 5
_TIMES: Final = 2
_NINE_TENTHS: Final = 0.9


def with_gap(gaps: Mapping[str, Any], last_at: datetime | None, now: datetime) -> dict[str, Any]:
    """Return *gaps* (UTC day → seconds) with the wait that ended at *now*."""
    if last_at is None:
        return dict(gaps)
    day = now.astimezone(UTC).date().isoformat()
    wait = max(round((now - last_at).total_seconds()), int(gaps.get(day, 0)))
    kept = sorted((dict(gaps) | {day: wait}).items())[-_DAYS_KEPT:]
    return dict(kept)


def usual_gap(gaps: Mapping[str, Any]) -> timedelta | None:
    """Return the wait that nine of ten days stay within; None before the second new thing.

    A quantile and not the longest: one outage of long ago must not make a source patient for ever.
    """
    waits = sorted(int(wait) for wait in gaps.values())
    if not waits:
        return None
    if len(waits) < _FEWEST_DAYS:
        return timedelta(seconds=waits[-1])
    return timedelta(seconds=waits[min(len(waits) - 1, int(_NINE_TENTHS * len(waits)))])


def patience(gaps: Mapping[str, Any], interval: timedelta) -> timedelta:
    """Return how long the source may bring nothing new before it is called silent."""
    usual = usual_gap(gaps) or timedelta(0)
    return max(SHORTEST_PATIENCE, _FEWEST_VISITS * interval, _TIMES * usual)
