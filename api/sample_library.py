"""The sample's library in an opened workspace: its shelf, and the worker's part in making it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import select

from api.wiring import Service
from assets.actor import Actor
from assets.sample.settling import settle
from assets.sample.shelf import Shelf
from core.clock import isoformat, parse_iso
from storage.records import Records
from storage.records.accounts import User
from storage.records.watch import Brand
from storage.records.workspace import Fact

STARTED: Final = "sample_started_at"
_SETTLED: Final = "sample_settled_at"
_EVERY: Final = timedelta(seconds=2)


def sample_started_at(records: Records) -> datetime:
    """Return when the sample was first started (UTC): its stories are dated relative to it."""
    with records.read() as session:
        fact = session.get(Fact, STARTED)
    return parse_iso(fact.value) if fact else datetime.now(UTC)


def make_shelf(service: Service, started_at: datetime) -> Shelf:
    """Return the shelf of a sample whose brands and people are there."""
    with service.records.read() as session:
        users = session.scalars(select(User).where(User.is_sample)).all()
        own = session.scalars(select(Brand.id).where(Brand.role == "own")).first()
    return Shelf(
        records=service.records,
        files=service.files,
        ids=service.ids,
        people={user.username: Actor(user.id, user.display_name, user.role) for user in users},
        brand_id=str(own),
        started_at=started_at,
    )


def settling_step(service: Service) -> Callable[[], bool]:
    """Return a worker's step that reviews the sample's files as they are read, once for all.

    Afterwards the library is the visitors': what they change is not changed back.
    """
    done, look_at = not service.workspace.is_sample, service.clock.now()

    def step() -> bool:
        nonlocal done, look_at
        now = service.clock.now()
        if not done and now >= look_at:
            done, look_at = _is_settled(service) or _settle(service, now), now + _EVERY
        return False

    return step


def _settle(service: Service, now: datetime) -> bool:
    if settle(make_shelf(service, sample_started_at(service.records)), service.clock):
        return False
    with service.records.write() as session:
        session.merge(Fact(name=_SETTLED, value=isoformat(now)))
    return True


def _is_settled(service: Service) -> bool:
    with service.records.read() as session:
        return session.get(Fact, _SETTLED) is not None
