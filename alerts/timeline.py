"""The timeline of a case, built from its events."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Subquery, case, func, select
from sqlalchemy.orm import Session

from alerts.words import event_sentence
from core.translation import Translate, untranslated
from storage.records.cases import CaseEvent


@dataclass(frozen=True)
class TimelineEntry:
    """One step, in words. *at* is aware UTC; *count* is how many joined in a row."""

    at: datetime
    kind: str
    actor_id: str | None
    actor_name: str | None
    sentence: str
    payload: dict[str, Any]
    count: int = 1


def timeline(
    session: Session, case_id: str, translate: Translate = untranslated
) -> list[TimelineEntry]:
    """Return the steps of a case, the newest first; mentions that joined in a row are one step."""
    steps = _steps(case_id)
    rows = session.execute(
        select(CaseEvent, steps.c.length)
        .join(steps, steps.c.id == CaseEvent.id)
        .where(steps.c.place == 1)
        .order_by(CaseEvent.at.desc(), CaseEvent.id.desc())
    )
    return [_entry(event, length, translate) for event, length in rows]


def _steps(case_id: str) -> Subquery:
    """Place each event in its step, the last one first: a case may have thousands that joined."""
    joined = case((CaseEvent.kind == "joined", 1), else_=0)
    # Those that joined in a row have the same number of other events before them.
    others = func.sum(1 - joined).over(order_by=(CaseEvent.at, CaseEvent.id))
    events = (
        select(CaseEvent.id, CaseEvent.at, joined.label("joined"), others.label("others"))
        .where(CaseEvent.case_id == case_id)
        .subquery()
    )
    step = events.c.joined, events.c.others
    place = func.row_number().over(
        partition_by=step, order_by=(events.c.at.desc(), events.c.id.desc())
    )
    length = func.count().over(partition_by=step)
    return select(events.c.id, place.label("place"), length.label("length")).subquery()


def _entry(event: CaseEvent, length: int, translate: Translate) -> TimelineEntry:
    told = {**event.payload, "count": length} if event.kind == "joined" else event.payload
    return TimelineEntry(
        event.at,
        event.kind,
        event.actor_id,
        event.actor_name,
        event_sentence(event.kind, told, event.actor_name, translate),
        event.payload,
        length,
    )
