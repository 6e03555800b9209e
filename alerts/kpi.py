"""The figures of handling cases, defined once and exactly. Pure: records in, numbers out.

- A case belongs to the period in which it was detected. What happened to it afterwards counts,
  also after the period's end.
- Its clock runs from ``detected_at``. Reopening continues it: what counts is the last closing, and
  a case that is open again is not handled.
- Handled within 24 hours: closed (resolved or dismissed) at most 24 h after detection. Cases that
  are open and no older than that are not due yet: they count neither for nor against.
- The median of an even count is the mean of the middle two. The 90th percentile is the nearest
  rank: the smallest value that at least 90 % of the values do not exceed.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Final, Literal

from alerts.states import CLOSED

WITHIN: Final = timedelta(hours=24)
_EDGES: Final = tuple(timedelta(days=days) for days in (1, 3, 7))
Handling = Literal["in_time", "late", "not_due"]
ClockName = Literal["response", "resolution"]


@dataclass(frozen=True)
class CaseTimes:
    """What the figures need of a case. Times are aware UTC.

    *resolved_at* is when it was closed the last time, either way; None while it is open.
    """

    id: str
    title: str
    brand_id: str
    brand: str
    state: str
    severity: str
    owner: str
    detected_at: datetime
    response_due_at: datetime
    resolution_due_at: datetime
    acknowledged_at: datetime | None
    resolved_at: datetime | None

    @property
    def closed_at(self) -> datetime | None:
        """When it was closed, None while it is open or open again."""
        return self.resolved_at if self.state in CLOSED else None

    @property
    def response(self) -> timedelta | None:
        """From detection to the first answer of a person."""
        return self.acknowledged_at - self.detected_at if self.acknowledged_at else None

    @property
    def resolution(self) -> timedelta | None:
        """From detection to the last closing."""
        return self.closed_at - self.detected_at if self.closed_at else None


@dataclass(frozen=True)
class Spread:
    """How long something took, over *count* cases; None when there were none."""

    count: int
    median: timedelta | None
    p90: timedelta | None


@dataclass(frozen=True)
class Breach:
    """A deadline of a case that passed, *by* how much; *running* while it is still not met."""

    case: CaseTimes
    clock: ClockName
    by: timedelta
    running: bool


@dataclass(frozen=True)
class CaseFigures:
    """The figures of the cases detected in one period."""

    total: int
    in_time: int
    late: int
    not_due: int
    response: Spread
    unanswered: int
    resolution: Spread
    closed: int
    dismissed: int
    breaches: tuple[Breach, ...]

    @property
    def handled_rate(self) -> float | None:
        """Share handled within 24 hours of those that are closed or due; None without any."""
        due = self.in_time + self.late
        return self.in_time / due if due else None

    @property
    def false_positive_rate(self) -> float | None:
        """Share dismissed of those that are closed; None without any."""
        return self.dismissed / self.closed if self.closed else None


@dataclass(frozen=True)
class Backlog:
    """Cases that are open now, by age since detection: under one day, 1–3, 3–7, over 7 days."""

    count: int
    median_age: timedelta | None
    oldest: CaseTimes | None
    ages: tuple[int, int, int, int]


def handling(case: CaseTimes, now: datetime) -> Handling:
    """Say whether *case* was handled within 24 hours, seen from *now*."""
    if case.resolution is not None:
        return "in_time" if case.resolution <= WITHIN else "late"
    return "late" if now - case.detected_at > WITHIN else "not_due"


def breaches(case: CaseTimes, now: datetime) -> tuple[Breach, ...]:
    """Return the deadlines of its policy that *case* missed."""
    clocks: tuple[tuple[ClockName, datetime, datetime | None], ...] = (
        ("response", case.response_due_at, case.acknowledged_at),
        ("resolution", case.resolution_due_at, case.closed_at),
    )
    return tuple(
        Breach(case, name, (met or now) - due, met is None)
        for name, due, met in clocks
        if (met or now) > due
    )


def case_figures(cases: Sequence[CaseTimes], now: datetime) -> CaseFigures:
    """Return the figures of *cases*, those detected in a period, seen from *now*."""
    handled = [handling(case, now) for case in cases]
    missed = [breach for case in cases for breach in breaches(case, now)]
    closed = [case for case in cases if case.closed_at]
    return CaseFigures(
        total=len(cases),
        in_time=handled.count("in_time"),
        late=handled.count("late"),
        not_due=handled.count("not_due"),
        response=spread([case.response for case in cases if case.response is not None]),
        unanswered=sum(case.response is None for case in cases),
        resolution=spread([case.resolution for case in closed if case.resolution is not None]),
        closed=len(closed),
        dismissed=sum(case.state == "dismissed" for case in closed),
        # What still runs first, then the longest.
        breaches=tuple(sorted(missed, key=lambda each: (not each.running, -each.by, each.case.id))),
    )


def backlog(cases: Sequence[CaseTimes], now: datetime) -> Backlog:
    """Return how old those of *cases* are that are open *now*."""
    waiting = [case for case in cases if case.closed_at is None]
    ages = [now - case.detected_at for case in waiting]
    places = [backlog_place(age) for age in ages]
    return Backlog(
        count=len(waiting),
        median_age=spread(ages).median,
        oldest=min(waiting, key=lambda case: (case.detected_at, case.id), default=None),
        ages=(places.count(0), places.count(1), places.count(2), places.count(3)),
    )


def backlog_place(age: timedelta) -> int:
    """Return where *age* stands in ``Backlog.ages``: 0 up to one day … 3 over seven."""
    return sum(age > edge for edge in _EDGES)


def spread(lengths: Sequence[timedelta]) -> Spread:
    """Return median and 90th percentile (nearest rank) of *lengths*."""
    if not lengths:
        return Spread(0, None, None)
    ordered = sorted(lengths)
    # Whole numbers: 0.9 * 10 is a little more than 9 in binary.
    rank = math.ceil(len(ordered) * 9 / 10)
    middle = median(each.total_seconds() for each in ordered)
    return Spread(len(ordered), timedelta(seconds=middle), ordered[rank - 1])
