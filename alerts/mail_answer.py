"""The approved message that a case mail carries, so that an answer is at hand at night."""

from dataclasses import dataclass
from datetime import date
from typing import Final
from urllib.parse import quote

from sqlalchemy.orm import Session

from alerts.answers import propose
from alerts.excerpt import plain
from alerts.states import ACTIVE
from core.translation import Translate
from storage.records.cases import Case, OutboxMessage

# Mails that ask to begin; the others tell people who are at it already.
_KINDS: Final = frozenset({"opened", "warning"})
_SHOWN: Final = 120


@dataclass(frozen=True)
class MailAnswer:
    """A message in short: the beginning of its text, and where the whole of it stands."""

    title: str
    number: int
    text: str
    url: str


def mail_answer(
    session: Session, row: OutboxMessage, base_url: str, today: date, translate: Translate
) -> MailAnswer | None:
    """Return the message that fits the case of *row* best on *today*, None when none does."""
    case = session.get_one(Case, row.case_id)
    if row.kind not in _KINDS or case.state not in ACTIVE:
        return None
    found = propose(session, case.id, today=today, limit=1, translate=translate)
    if not found:
        return None
    best = found[0]
    return MailAnswer(
        title=plain(best.row.title),
        number=best.number,
        text=_beginning(plain(best.statement)),
        url=f"{base_url}/messages/{quote(best.row.id, safe='')}",
    )


def _beginning(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= _SHOWN else f"{words[:_SHOWN]}…"
