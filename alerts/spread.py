"""How a case spread over the last day: the figures of the small chart in a mail."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from storage.records.cases import CaseMention

_WIDTH = timedelta(hours=2)
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


def last_day(session: Session, case_id: str, now: datetime, zone: ZoneInfo) -> Spread | None:
    """Count a case's mentions by two hours over 24 hours up to *now*; None if they are too few."""
    local = now.astimezone(zone)
    # Bars begin on even hours, so that labels read 08:00 and the last one holds now.
    last = local.replace(minute=0, second=0, microsecond=0) - timedelta(hours=local.hour % 2)
    starts = [last - _WIDTH * back for back in reversed(range(_BARS))]
    counts = _counted(session, case_id, starts)
    if sum(counts) < _FEWEST:
        return None
    peak = max(counts)
    at = starts[counts.index(peak)]
    bars = tuple(
        Bar(f"{start:%H:%M}", count, count / peak)
        for start, count in zip(starts, counts, strict=True)
    )
    return Spread(bars, sum(counts), peak, f"{at:%H:%M}", f"{at + _WIDTH:%H:%M}")


def _counted(session: Session, case_id: str, starts: Sequence[datetime]) -> list[int]:
    """Count in the database: a case may have thousands of mentions."""
    published = CaseMention.published_at
    bars = [func.count().filter(published >= start, published < start + _WIDTH) for start in starts]
    query = select(*bars).where(CaseMention.case_id == case_id, published >= starts[0])
    return list(session.execute(query).one())
