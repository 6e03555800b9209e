"""Who crawls what, in rows: whoever claims a source holds its host too, for as long.

One host is visited by one source at a time, by all workers together, and rests between two visits
for the delay of the source that was there last. Sources without a delay are of one's own hosts:
they neither wait nor make others wait.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, and_, delete, exists, or_, select
from sqlalchemy.orm import Session, aliased

from core.errors import Busy, NotFound
from storage.records.crawling import CrawlHost
from storage.records.database import database_now
from storage.records.lease import Lease, claim_due
from storage.records.watch import Source

LEASE: Final = timedelta(seconds=60)
# No site may keep a host from being visited for longer, whatever it answers.
_LONGEST_REST: Final = timedelta(hours=6)
_FAR: Final = timedelta(days=36_500)


def claim_next(session: Session, now: datetime) -> Lease | None:
    """Claim the source that has been due longest and whose host is free, or return None."""
    return _claim(session, now, now, [Source.enabled.is_(True)])


def claim_named(session: Session, now: datetime, source_id: str) -> Lease:
    """Claim one source whether or not it is due or paused. Raises ``Busy`` or ``NotFound``."""
    claim = _claim(session, now, now + _FAR, [Source.id == source_id])
    if claim is not None:
        return claim
    source = session.get(Source, source_id)
    if source is None:
        raise NotFound("没有这个来源。")
    held = source.lease_until is not None and source.lease_until > database_now(session)
    if held:
        raise Busy(f"来源“{source.name}”正在采集，请等它结束再试。")
    raise Busy(f"网站 {source.host} 正在被另一个来源采集，或刚采集过还在间隔时间内，请稍后再试。")


def rest_host(session: Session, source: Source, now: datetime, retry_after_s: int | None) -> None:
    """Let the host of *source*, just visited, rest for its delay or for what the host asked."""
    if source.host is None or source.delay_s <= 0:
        return
    rest = timedelta(seconds=max(source.delay_s, retry_after_s or 0))
    until = now + min(rest, _LONGEST_REST)
    row = session.get(CrawlHost, source.host)
    if row is None:
        session.add(CrawlHost(host=source.host, next_allowed_at=until))
    else:
        row.next_allowed_at = max(row.next_allowed_at, until)


def prune_hosts(session: Session, now: datetime) -> None:
    """Forget hosts that have rested."""
    session.execute(delete(CrawlHost).where(CrawlHost.next_allowed_at < now))


def _claim(
    session: Session, now: datetime, due_by: datetime, where: Sequence[ColumnElement[bool]]
) -> Lease | None:
    free = _host_is_free(now, database_now(session))
    claims = claim_due(session, Source, due_by, lease=LEASE, limit=1, where=[*where, free])
    return claims[0] if claims else None


def _host_is_free(now: datetime, held_until: datetime) -> ColumnElement[bool]:
    other = aliased(Source)
    visited = exists(
        select(other.id).where(
            other.host == Source.host, other.lease_until > held_until, other.delay_s > 0
        )
    )
    rests = exists(
        select(CrawlHost.host).where(CrawlHost.host == Source.host, CrawlHost.next_allowed_at > now)
    )
    return or_(Source.host.is_(None), Source.delay_s <= 0, and_(~visited, ~rests))
