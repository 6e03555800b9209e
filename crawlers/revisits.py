"""Which pages of a source are known, and when they are read again.

Negative comments come later than the post and counts grow, so a page is read again some hours
after its first visit, then days after, and then no more.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import delete, func, or_, select
from sqlalchemy.orm import Session

from storage.records.crawling import SourcePage
from storage.records.watch import Source

# Hours after the first visit. `revisit_hours` in a source's rules says others; [] means never.
REVISIT_HOURS: Final[tuple[float, ...]] = (1, 6, 24, 72, 168)
# So many keys a crawl is told; older ones are of lists that nobody keeps so long.
MOST_KNOWN: Final = 20_000
KEPT: Final = timedelta(days=30)
# SQLite takes 32,766 values in one statement.
_AT_ONCE: Final = 5_000


def known_pages(session: Session, source_id: str, now: datetime) -> tuple[str, ...]:
    """Return the keys of pages that need no visit at *now*, those visited last first."""
    return tuple(
        session.scalars(
            select(SourcePage.page_key)
            .where(
                SourcePage.source_id == source_id,
                or_(SourcePage.next_due_at.is_(None), SourcePage.next_due_at > now),
            )
            .order_by(SourcePage.last_at.desc(), SourcePage.page_key)
            .limit(MOST_KNOWN)
        )
    )


def note_visits(session: Session, source: Source, keys: Sequence[str], at: datetime) -> None:
    """Write down that the pages of *keys* were read at *at* and when they are due again."""
    wanted = list(dict.fromkeys(keys))
    rows: dict[str, SourcePage] = {}
    for start in range(0, len(wanted), _AT_ONCE):
        part = wanted[start : start + _AT_ONCE]
        found = session.scalars(
            select(SourcePage).where(
                SourcePage.source_id == source.id, SourcePage.page_key.in_(part)
            )
        )
        rows |= {row.page_key: row for row in found}
    hours = revisit_hours(source.kind, source.rules)
    for key in wanted:
        row = rows.get(key)
        if row is None:
            row = SourcePage(source_id=source.id, page_key=key, first_at=at, visits=0)
            session.add(row)
        row.visits += 1
        row.last_at = at
        row.next_due_at = next_visit(row.first_at, at, hours)


def next_visit(first_at: datetime, at: datetime, hours: Sequence[float]) -> datetime | None:
    """Return the first planned visit after *at*; visits that were missed are not made up for."""
    planned = (first_at + timedelta(hours=each) for each in sorted(hours))
    return next((moment for moment in planned if moment > at), None)


def revisit_hours(kind: str, rules: Mapping[str, Any]) -> tuple[float, ...]:
    """Return when pages of a source are read again, in hours after the first time.

    A file of a watched folder that has changed is another page, so it is never read again as it is.
    """
    given = rules.get("revisit_hours")
    if not isinstance(given, list):
        return () if kind == "folder" else REVISIT_HOURS
    return tuple(float(each) for each in given)


def forget_pages(session: Session, source_id: str) -> None:
    """Forget the pages of a source whose rules have changed: all are read anew."""
    session.execute(delete(SourcePage).where(SourcePage.source_id == source_id))


def prune_pages(session: Session, now: datetime) -> int:
    """Delete pages that no crawl is told of and that were last read a month ago and more.

    The newest ``MOST_KNOWN`` of a source stay however old they are: a list may show a page for
    years, and forgetting it would fetch it again. Returns how many went.
    """
    crowded = session.scalars(
        select(SourcePage.source_id)
        .group_by(SourcePage.source_id)
        .having(func.count() > MOST_KNOWN)
    ).all()
    gone = 0
    for source_id in crowded:
        oldest_kept = session.scalar(
            select(SourcePage.last_at)
            .where(SourcePage.source_id == source_id)
            .order_by(SourcePage.last_at.desc())
            .offset(MOST_KNOWN - 1)
            .limit(1)
        )
        assert oldest_kept is not None
        result = session.execute(
            delete(SourcePage).where(
                SourcePage.source_id == source_id,
                SourcePage.last_at < min(oldest_kept, now - KEPT),
            )
        )
        gone += int(getattr(result, "rowcount", 0))
    return gone
