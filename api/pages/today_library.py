"""What of the library needs somebody today: reviews that wait, rights and proofs that run out."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import select, union_all
from sqlalchemy.orm import Session

from api.asset_sight import today_of
from api.auth.identity import SignedIn
from api.pages.asset_view import SOON_EXPIRES, month_day
from api.pages.review_queue import count_waiting_for
from api.permissions import Permission
from api.wiring import Service
from storage.records.library import Asset, Evidence, UsageRight

_SHOWN: Final = 5


@dataclass(frozen=True)
class Expiring:
    """A published asset of which something runs out: *subject* is the licence or the claim."""

    title: str
    href: str
    subject: str
    day: str
    over: bool


@dataclass(frozen=True)
class LibraryCard:
    """*waiting* reviews are for the person; *more* assets run out besides those that are shown."""

    waiting: int
    expiring: tuple[Expiring, ...]
    more: int


def library_card(service: Service, person: SignedIn) -> LibraryCard | None:
    """Return what waits for *person*, None when nothing does."""
    today = today_of(service)
    with service.records.read() as session:
        waiting = count_waiting_for(session, person)
        expiring = _expiring(session, today) if person.may(Permission.EDIT_ASSETS) else []
    if not waiting and not expiring:
        return None
    return LibraryCard(waiting, tuple(expiring[:_SHOWN]), max(0, len(expiring) - _SHOWN))


def _expiring(session: Session, today: date) -> list[Expiring]:
    """Published assets by their first last day, those that are over first."""
    ends = union_all(
        select(UsageRight.asset_id, UsageRight.subject.label("subject"), UsageRight.valid_until),
        select(Evidence.asset_id, Evidence.claim.label("subject"), Evidence.valid_until),
    ).subquery()
    wanted = (
        select(Asset.id, Asset.kind, Asset.title, ends.c.subject, ends.c.valid_until)
        .join(ends, ends.c.asset_id == Asset.id)
        .where(Asset.state == "published", ends.c.valid_until <= today + SOON_EXPIRES)
        .order_by(ends.c.valid_until, Asset.id)
    )
    first: dict[str, Expiring] = {}
    for row in session.execute(wanted):
        room = "messages" if row.kind == "message" else "assets"
        first.setdefault(
            row.id,
            Expiring(
                row.title,
                f"/{room}/{row.id}",
                row.subject,
                month_day(row.valid_until, today),
                row.valid_until < today,
            ),
        )
    return list(first.values())
