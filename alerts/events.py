"""What happens to a case, step by step. The timeline is built from these and nothing else."""

from datetime import datetime
from typing import Any, Literal

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from storage.records.cases import CaseEvent

SCHEMA = 1
EventKind = Literal[
    "opened",
    "joined",
    "severity_raised",
    "acknowledged",
    "taken",
    "assigned",
    "note",
    "responding",
    "resolved",
    "dismissed",
    "reopened",
    "warning",
    "breach",
    "mail_sent",
    "mail_failed",
    "message_used",
    "relabelled",
    "label_restored",
    "copies_relabelled",
    "copies_restored",
    "copies_kept_out",
]


def record(
    session: Session,
    case_id: str,
    at: datetime,
    kind: EventKind,
    dedupe: str,
    *,
    actor_id: str | None = None,
    actor_name: str | None = None,
    **payload: Any,
) -> bool:
    """Add an event unless *dedupe* is already there; say whether it was added.

    Run in a write transaction that holds the case or its brand, so that nobody adds it between.
    """
    known = select(CaseEvent.id).where(CaseEvent.case_id == case_id, CaseEvent.dedupe == dedupe)
    if session.execute(known).first() is not None:
        return False
    session.add(
        CaseEvent(
            case_id=case_id,
            at=at,
            kind=kind,
            actor_id=actor_id,
            actor_name=actor_name,
            payload={"v": SCHEMA, **payload},
            dedupe=dedupe,
        )
    )
    session.flush()
    return True


def count_again(session: Session, case_id: str, dedupe: str) -> None:
    """Add one to the count of a step that is there, under the same lock as ``record``."""
    event = session.scalars(
        select(CaseEvent).where(CaseEvent.case_id == case_id, CaseEvent.dedupe == dedupe)
    ).one()
    event.payload = {**event.payload, "count": int(event.payload["count"]) + 1}
    session.flush()


def recorded_clock_keys(session: Session, case_id: str) -> frozenset[str]:
    """Return the dedupe keys of the warnings and breaches that the case has had."""
    return frozenset(
        session.scalars(
            select(CaseEvent.dedupe).where(
                CaseEvent.case_id == case_id,
                or_(CaseEvent.kind == "warning", CaseEvent.kind == "breach"),
            )
        )
    )
