"""What of the library needs somebody today: reviews that wait, rights and proofs that run out."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy.orm import Session

from api.asset_sight import today_of
from api.auth.identity import SignedIn
from api.pages.asset_expiry import expiries
from api.pages.asset_view import SOON_EXPIRES, month_day
from api.pages.review_queue import count_waiting_for
from api.permissions import Permission
from api.wiring import Service

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
    """*waiting* reviews are for the person; *total* assets run out, the first are shown."""

    waiting: int
    expiring: tuple[Expiring, ...]
    total: int


def library_card(service: Service, person: SignedIn) -> LibraryCard | None:
    """Return what waits for *person*, None when nothing does."""
    today = today_of(service)
    with service.records.read() as session:
        waiting = count_waiting_for(session, person)
        expiring = _expiring(session, today) if person.may(Permission.EDIT_ASSETS) else []
    if not waiting and not expiring:
        return None
    return LibraryCard(waiting, tuple(expiring[:_SHOWN]), len(expiring))


def _expiring(session: Session, today: date) -> list[Expiring]:
    return [
        Expiring(
            each.title,
            f"/{'messages' if each.kind == 'message' else 'assets'}/{each.asset_id}",
            each.subject,
            month_day(each.last_day, today),
            each.last_day < today,
        )
        for each in expiries(session, today, SOON_EXPIRES)
    ]
