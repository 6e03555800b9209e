"""How the library grows: what was published at the end of each week, and what was new.

An asset is published from its first approved review on; recalling or archiving it takes it out,
restoring it brings it back. So the past stays what it was, whatever happens to an asset later.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import Final, Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.records.accounts import AuditEvent
from storage.records.library import Asset, Review

StepKind = Literal["published", "out", "back"]
_STEPS: Final[Mapping[str, StepKind]] = {
    "asset.recalled": "out",
    "asset.archived": "out",
    "asset.restored": "back",
}


@dataclass(frozen=True)
class Step:
    """A moment (UTC) from which an asset is, or is no longer, published."""

    at: datetime
    kind: StepKind


@dataclass(frozen=True)
class AssetLife:
    """One asset that was ever published, and its steps in order."""

    id: str
    kind: str
    title: str
    steps: tuple[Step, ...]

    @property
    def first_published(self) -> datetime | None:
        """When it was published for the first time (UTC)."""
        return next((step.at for step in self.steps if step.kind == "published"), None)

    def is_published(self, moment: datetime) -> bool:
        """Say whether it was published just before *moment*."""
        ever = now = False
        for step in self.steps:
            if step.at >= moment:
                break
            ever = ever or step.kind == "published"
            now = step.kind != "out" and ever
        return now


@dataclass(frozen=True)
class Week:
    """One local week: its *start* (a Monday, midnight), and the stock by kind when it ended."""

    start: datetime
    end: datetime
    stock: Mapping[str, int]


@dataclass(frozen=True)
class Growth:
    """Stock by kind at the end of the period, what was new in it, and the weeks up to then."""

    stock: Mapping[str, int]
    new: Mapping[str, int]
    weeks: tuple[Week, ...]

    @property
    def total(self) -> int:
        """All kinds together at the end."""
        return sum(self.stock.values())

    @property
    def added(self) -> int:
        """All kinds published for the first time in the period."""
        return sum(self.new.values())


def asset_lives(session: Session, brand_id: str | None = None) -> list[AssetLife]:
    """Return every asset that was ever published; with *brand_id* those of that brand."""
    query = select(Asset.id, Asset.kind, Asset.title, Asset.published_at).where(
        Asset.published_at.is_not(None)
    )
    if brand_id is not None:
        query = query.where(Asset.brand_id == brand_id)
    rows = session.execute(query.order_by(Asset.id)).all()
    steps = _steps(session)
    return [
        AssetLife(row[0], row[1], row[2], _in_order(steps.get(row[0], []), row[3])) for row in rows
    ]


def new_in(lives: Sequence[AssetLife], after: datetime, before: datetime) -> list[AssetLife]:
    """Return those first published from *after* on and before *before*, the newest first."""
    found = [
        life
        for life in lives
        if life.first_published is not None and after <= life.first_published < before
    ]
    return sorted(found, key=lambda life: (life.first_published, life.id), reverse=True)


def growth(
    lives: Sequence[AssetLife],
    after: datetime,
    before: datetime,
    now: datetime,
    zone: tzinfo,
    *,
    least_weeks: int = 8,
) -> Growth:
    """Return the growth of the period from *after* to *before* (aware), seen from *now*.

    The weeks are local ones that begin on Monday: those of the period, and before it as many as
    make *least_weeks*. The last one ends with the period or now.
    """
    end = min(before, now)
    return Growth(
        stock=_stock(lives, end),
        new=Counter(life.kind for life in new_in(lives, after, before)),
        weeks=tuple(
            Week(start, min(finish, end), _stock(lives, min(finish, end)))
            for start, finish in _weeks(after, end, zone, least_weeks)
        ),
    )


def _steps(session: Session) -> dict[str, list[Step]]:
    found: dict[str, list[Step]] = {}
    approved = select(Review.asset_id, Review.closed_at).where(
        Review.state == "approved", Review.closed_at.is_not(None)
    )
    for asset_id, at in session.execute(approved):
        assert at is not None, "the condition above"
        found.setdefault(asset_id, []).append(Step(at, "published"))
    told = select(AuditEvent.record_id, AuditEvent.at, AuditEvent.action).where(
        AuditEvent.record_type == "asset", AuditEvent.action.in_(_STEPS)
    )
    for asset_id, at, action in session.execute(told):
        found.setdefault(asset_id, []).append(Step(at, _STEPS[action]))
    return found


def _in_order(steps: Sequence[Step], published_at: datetime | None) -> tuple[Step, ...]:
    """Put the steps in order; ``published_at`` tells of a publication that no review does."""
    known = {step.at for step in steps if step.kind == "published"}
    found = list(steps)
    if published_at is not None and published_at not in known:
        found.append(Step(published_at, "published"))
    return tuple(sorted(found, key=lambda step: step.at))


def _stock(lives: Sequence[AssetLife], moment: datetime) -> Counter[str]:
    return Counter(life.kind for life in lives if life.is_published(moment))


def _weeks(
    after: datetime, end: datetime, zone: tzinfo, least: int
) -> list[tuple[datetime, datetime]]:
    last = _monday(end - timedelta(microseconds=1), zone)
    first = min(_monday(after, zone), _plus_weeks(last, 1 - least, zone))
    found, start = [], first
    while start <= last:
        following = _plus_weeks(start, 1, zone)
        found.append((start, following))
        start = following
    return found


def _monday(moment: datetime, zone: tzinfo) -> datetime:
    local = moment.astimezone(zone)
    day = local.date() - timedelta(days=local.weekday())
    return datetime(day.year, day.month, day.day, tzinfo=zone)


def _plus_weeks(monday: datetime, weeks: int, zone: tzinfo) -> datetime:
    """By the calendar: a week with a clock change has an hour less or more."""
    day = monday.date() + timedelta(weeks=weeks)
    return datetime(day.year, day.month, day.day, tzinfo=zone)
