"""How a case spread over the last day: the figures of the small chart in a mail."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

_BAR_HOURS = 2
_BARS = 12
# Fewer than this tell nothing that the count does not.
_FEWEST = 3


@dataclass(frozen=True)
class Bar:
    """Mentions in two hours. *label* is their start in local time, *share* is of the highest."""

    label: str
    count: int
    share: float


@dataclass(frozen=True)
class Spread:
    """Twelve bars up to now, their sum, and the two hours that had the most."""

    bars: tuple[Bar, ...]
    total: int
    peak: int
    peak_from: str
    peak_to: str


def last_day(moments: Iterable[datetime], now: datetime, zone: ZoneInfo) -> Spread | None:
    """Count *moments* (aware) by two hours over 24 hours up to *now*; None if they are too few."""
    local = now.astimezone(zone)
    # Bars begin on even hours, so that labels read 08:00 and the last one holds now.
    last = local.replace(minute=0, second=0, microsecond=0) - timedelta(hours=local.hour % 2)
    starts = [last - timedelta(hours=_BAR_HOURS * back) for back in reversed(range(_BARS))]
    counts = _counted(list(moments), starts)
    if sum(counts) < _FEWEST:
        return None
    peak = max(counts)
    at = starts[counts.index(peak)]
    bars = tuple(
        Bar(f"{start:%H:%M}", count, count / peak)
        for start, count in zip(starts, counts, strict=True)
    )
    until = at + timedelta(hours=_BAR_HOURS)
    return Spread(bars, sum(counts), peak, f"{at:%H:%M}", f"{until:%H:%M}")


def _counted(moments: Sequence[datetime], starts: Sequence[datetime]) -> list[int]:
    width = timedelta(hours=_BAR_HOURS)
    return [sum(start <= moment < start + width for moment in moments) for start in starts]
