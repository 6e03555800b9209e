"""The timeline of a case, built from its events."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from alerts.words import Translate, event_sentence, untranslated
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
    events = session.scalars(
        select(CaseEvent)
        .where(CaseEvent.case_id == case_id)
        .order_by(CaseEvent.at.desc(), CaseEvent.id.desc())
    )
    entries: list[TimelineEntry] = []
    for event in events:
        if entries and event.kind == "joined" == entries[-1].kind:
            entries[-1] = _one_more(entries[-1], translate)
        else:
            entries.append(_entry(event, translate))
    return entries


def _entry(event: CaseEvent, translate: Translate) -> TimelineEntry:
    return TimelineEntry(
        event.at,
        event.kind,
        event.actor_id,
        event.actor_name,
        event_sentence(event.kind, event.payload, event.actor_name, translate),
        event.payload,
    )


def _one_more(entry: TimelineEntry, translate: Translate) -> TimelineEntry:
    count = entry.count + 1
    sentence = event_sentence("joined", {**entry.payload, "count": count}, None, translate)
    return replace(entry, count=count, sentence=sentence)
