"""Local days and hours: where each begins, and counts put into them."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Literal, get_args

from core.errors import InvalidInput
from storage.mentions import Label
from storage.search.interface import HistogramBucket

MAX_BUCKETS = 20_000
Step = Literal["day", "hour"]


def start_of(moment: datetime, by: Step, zone: tzinfo) -> datetime:
    """Return where the local day or hour of an aware *moment* begins, aware in *zone*."""
    local = moment.astimezone(zone)
    if by == "day":
        return datetime(local.year, local.month, local.day, tzinfo=zone)
    past = timedelta(minutes=local.minute, seconds=local.second, microseconds=local.microsecond)
    # Subtracted in UTC: an hour that a clock change repeats stays two hours.
    return (local.astimezone(UTC) - past).astimezone(zone)


def whole_hours(zone: tzinfo, moments: Iterable[datetime]) -> bool:
    """Whether *zone* differs from UTC by whole hours at all of *moments*."""
    return all(
        (moment.astimezone(zone).utcoffset() or timedelta()) % timedelta(hours=1) == timedelta()
        for moment in moments
    )


def fill(
    counted: Iterable[tuple[datetime, Label, int]],
    by: Step,
    zone: tzinfo,
    span: tuple[datetime, datetime] | None,
) -> list[HistogramBucket]:
    """Put (moment, label, count) into buckets, oldest first.

    With *span* (start included, end excluded) empty buckets come too; ``InvalidInput`` beyond
    ``MAX_BUCKETS``.
    """
    # Keyed by the moment in UTC: two aware times of one zone compare by the wall clock alone.
    sums: dict[datetime, dict[Label, int]] = {}
    for start in _starts(*span, by, zone) if span else ():
        sums[start.astimezone(UTC)] = _zeros()
    first = end = datetime.min.replace(tzinfo=UTC)
    for moment, label, count in counted:
        if not count:
            continue
        if not first <= moment < end:
            start = start_of(moment, by, zone)
            first, end = start.astimezone(UTC), _next(start, by, zone).astimezone(UTC)
            sums.setdefault(first, _zeros())
        sums[first][label] += count
    return [HistogramBucket(start.astimezone(zone), sums[start]) for start in sorted(sums)]


def _starts(after: datetime, before: datetime, by: Step, zone: tzinfo) -> Iterator[datetime]:
    step = timedelta(days=1) if by == "day" else timedelta(hours=1)
    if (before - after) / step > MAX_BUCKETS:
        raise InvalidInput("时间范围太大，请缩短范围，或改为按天统计。", field="after")
    start = start_of(after, by, zone)
    while start.astimezone(UTC) < before:
        yield start
        start = _next(start, by, zone)


def _next(start: datetime, by: Step, zone: tzinfo) -> datetime:
    """Return the beginning of the local day or hour after the one that begins at *start*."""
    # To the middle of the next local day and back to its beginning: a day may have 23 to 25 hours.
    ahead = timedelta(hours=36) if by == "day" else timedelta(hours=1)
    return start_of(start.astimezone(UTC) + ahead, by, zone)


def _zeros() -> dict[Label, int]:
    return dict.fromkeys(get_args(Label), 0)
