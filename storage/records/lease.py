"""Claims on due rows: one worker at a time, by the database's time, with a fencing token."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import InstrumentedAttribute, Session

from core.errors import LeaseLost
from storage.records.database import database_now


class Leased(Protocol):
    """A table that can be claimed."""

    id: Any
    next_due_at: Any
    lease_until: Any
    lease_fence: Any


@dataclass(frozen=True)
class Lease:
    """A claim on one row. Every later write checks *fence*."""

    id: str
    fence: int


def claim_due(
    session: Session,
    table: type[Any],
    now: datetime,
    *,
    lease: timedelta,
    limit: int,
    where: Sequence[ColumnElement[bool]] = (),
) -> list[Lease]:
    """Claim up to *limit* rows whose ``next_due_at`` is not after *now* and that nobody holds.

    Run in a write transaction. *now* is the service's clock (UTC); the lease itself runs by the
    database's time, so that machines whose clocks differ do not take each other's rows.
    """
    held_until = database_now(session)
    rows = session.execute(
        select(table.id, table.lease_fence)
        .where(
            table.next_due_at.is_not(None),
            table.next_due_at <= now,
            or_(table.lease_until.is_(None), table.lease_until <= held_until),
            *where,
        )
        .order_by(table.next_due_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    claimed = [Lease(str(row_id), fence + 1) for row_id, fence in rows]
    for claim in claimed:
        session.execute(
            update(table)
            .where(table.id == claim.id)
            .values(lease_until=held_until + lease, lease_fence=claim.fence)
        )
    return claimed


def renew(session: Session, table: type[Any], claim: Lease, lease: timedelta) -> None:
    """Hold the row for *lease* from now on. Raises ``LeaseLost`` when another worker took over."""
    _write(session, table, claim, lease_until=database_now(session) + lease)


def release_all(session: Session, table: type[Any]) -> None:
    """Free every row. Only for a process that knows it is the sole worker on this database."""
    session.execute(update(table).where(table.lease_until.is_not(None)).values(lease_until=None))


def settle(session: Session, table: type[Any], claim: Lease, **values: Any) -> None:
    """Write *values* and free the row, if the claim still holds; else raise ``LeaseLost``."""
    _write(session, table, claim, lease_until=None, **values)


def _write(session: Session, table: type[Any], claim: Lease, **values: Any) -> None:
    fence: InstrumentedAttribute[int] = table.lease_fence
    result = session.execute(
        update(table).where(table.id == claim.id, fence == claim.fence).values(**values)
    )
    assert isinstance(result, CursorResult)
    if result.rowcount != 1:
        raise LeaseLost(f"{table.__tablename__} {claim.id}: another worker took over")
