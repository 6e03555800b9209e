"""How a source is, told from its own history: one state, the reason for it, and some figures."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
from typing import Final, Literal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from crawlers.latency import median_latency
from crawlers.rhythm import patience, usual_gap
from storage.records.crawling import CrawlRun
from storage.records.database import database_now
from storage.records.watch import Source

State = Literal["ok", "failing", "silent", "duplicates", "waiting", "paused"]
# Why a source is silent: it gave nothing at all, or only what names no watched brand.
Reason = Literal["", "nothing", "unrelated"]
DAYS: Final = 14
_LATENCY_OVER: Final = timedelta(days=7)
# A source that never brought anything new is told by so many visits that gave something known.
_FEWEST_REPEATS: Final = 3


@dataclass(frozen=True)
class SinceNew:
    """What the visits since a source's last new mention gave, summed."""

    visits: int = 0
    items: int = 0
    duplicates: int = 0
    dropped: int = 0


@dataclass(frozen=True)
class Health:
    """One source at one moment.

    *new_by_day* counts new mentions of the last 14 local days, today last; *latency_s* is the
    median from published to detected of seven days; *usual_gap* is the wait for something new that
    nine of ten days stay within; *quiet_for* is how long there has been nothing new.
    """

    state: State
    reason: Reason = ""
    running: bool = False
    quiet_for: timedelta = timedelta(0)
    usual_gap: timedelta | None = None
    latency_s: int | None = None
    new_by_day: tuple[int, ...] = field(default=(0,) * DAYS)


def state_of(source: Source, since: SinceNew, now: datetime) -> tuple[State, Reason]:
    """Say how *source* is at *now*; *since* is what it gave after its last new mention."""
    if not source.enabled:
        return "paused", ""
    if source.failures:
        return "failing", ""
    if source.last_success_at is None:
        return "waiting", ""
    return _by_what_it_gives(source, since, now)


def _by_what_it_gives(source: Source, since: SinceNew, now: datetime) -> tuple[State, Reason]:
    repeats = since.duplicates > 0 and since.dropped == 0
    if source.last_new_at is None and repeats and since.visits >= _FEWEST_REPEATS:
        return "duplicates", ""
    if quiet_for(source, now) <= patience(source.gaps, timedelta(seconds=source.interval_s)):
        return "ok", ""
    if repeats:
        return "duplicates", ""
    return "silent", "unrelated" if since.dropped else "nothing"


def quiet_for(source: Source, now: datetime) -> timedelta:
    """Return how long *source* has brought nothing new."""
    return now - (source.last_new_at or source.created_at)


def health_of(
    session: Session, sources: Sequence[Source], now: datetime, zone: tzinfo
) -> dict[str, Health]:
    """Return the health of *sources* by id, in four queries however many they are."""
    ids = [source.id for source in sources]
    held_until = database_now(session)
    since, days = _since_new(session, ids), _new_by_day(session, ids, now, zone)
    latencies = _latencies(session, ids, now)
    told = {}
    for source in sources:
        state, reason = state_of(source, since.get(source.id, SinceNew()), now)
        told[source.id] = Health(
            state=state,
            reason=reason,
            running=source.lease_until is not None and source.lease_until > held_until,
            quiet_for=quiet_for(source, now),
            usual_gap=usual_gap(source.gaps),
            latency_s=median_latency(latencies.get(source.id, [])),
            new_by_day=days.get(source.id, (0,) * DAYS),
        )
    return told


def runs_of(session: Session, source_id: str, limit: int | None = None) -> Sequence[CrawlRun]:
    """Return the newest visits to a source, newest first."""
    return session.scalars(
        select(CrawlRun)
        .where(CrawlRun.source_id == source_id)
        .order_by(CrawlRun.started_at.desc(), CrawlRun.trace_id)
        .limit(limit)
    ).all()


def _since_new(session: Session, ids: Sequence[str]) -> dict[str, SinceNew]:
    rows = session.execute(
        select(
            CrawlRun.source_id,
            func.count(),
            func.sum(CrawlRun.items),
            func.sum(CrawlRun.duplicates),
            func.sum(CrawlRun.dropped),
        )
        .join(Source, Source.id == CrawlRun.source_id)
        .where(
            CrawlRun.source_id.in_(ids),
            CrawlRun.status.in_(("ok", "not_modified")),
            CrawlRun.started_at > func.coalesce(Source.last_new_at, Source.created_at),
        )
        .group_by(CrawlRun.source_id)
    )
    return {row[0]: SinceNew(*(int(value) for value in row[1:])) for row in rows}


def _new_by_day(
    session: Session, ids: Sequence[str], now: datetime, zone: tzinfo
) -> dict[str, tuple[int, ...]]:
    today = now.astimezone(zone).date()
    rows = session.execute(
        select(CrawlRun.source_id, CrawlRun.started_at, CrawlRun.new).where(
            CrawlRun.source_id.in_(ids),
            CrawlRun.started_at >= now - timedelta(days=DAYS),
            CrawlRun.new > 0,
        )
    )
    counted: dict[str, list[int]] = defaultdict(lambda: [0] * DAYS)
    for source_id, started_at, new in rows:
        days_ago = (today - started_at.astimezone(zone).date()).days
        if 0 <= days_ago < DAYS:
            counted[source_id][DAYS - 1 - days_ago] += new
    return {source_id: tuple(days) for source_id, days in counted.items()}


def _latencies(session: Session, ids: Sequence[str], now: datetime) -> dict[str, list[int]]:
    rows = session.execute(
        select(CrawlRun.source_id, CrawlRun.latencies).where(
            CrawlRun.source_id.in_(ids),
            CrawlRun.started_at >= now - _LATENCY_OVER,
            CrawlRun.new > 0,
        )
    )
    found: dict[str, list[int]] = defaultdict(list)
    for source_id, latencies in rows:
        found[source_id].extend(latencies)
    return found
