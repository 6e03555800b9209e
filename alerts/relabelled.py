"""What cases show of a mention's changed label; none of them closes by it."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from alerts.actions import Actor
from alerts.events import EventKind, count_again, record
from alerts.taking_over import Taken
from storage.mentions import Mention, MentionBrand
from storage.records.cases import Case, CaseMention
from storage.records.marks import MentionMark


def tell_cases(
    session: Session,
    before: Mention,
    after: Mention,
    marks: Sequence[MentionMark],
    actor: Actor,
    now: datetime,
) -> None:
    """Let the cases of the mention show what was said, each change a step of the timeline."""
    was = {brand.id: brand.label for brand in before.brands}
    said = {mark.subject: mark for mark in marks}
    for brand in after.brands:
        row = session.get(CaseMention, (after.id, brand.id))
        mark = said.get(brand.id)
        if row is None or mark is None:
            continue
        case = session.get_one(Case, row.case_id, with_for_update=True)
        _show(session, case, row, brand, actor.name if mark.label else "")
        if was[brand.id] != brand.label:
            record(
                session,
                case.id,
                now,
                "relabelled" if mark.label else "label_restored",
                f"mark:{mark.id}",
                actor_id=actor.id,
                actor_name=actor.name,
                mention_id=after.id,
                label=brand.label,
            )


def _show(session: Session, case: Case, row: CaseMention, brand: MentionBrand, who: str) -> None:
    row.p_negative = brand.p_negative
    row.evidence = {**row.evidence, "label": brand.label, "marked_by": who}
    session.flush()
    worst = select(func.max(CaseMention.p_negative)).where(CaseMention.case_id == case.id)
    case.p_negative = session.scalar(worst) or 0.0
    session.flush()


def tell_copies(session: Session, taken: Sequence[Taken], now: datetime) -> None:
    """Let the cases of copies show what they took over: a step for each mark, with their count."""
    for each in taken:
        rows = {mark.subject: mark for mark in each.marks}
        was = {brand.id: brand.label for brand in each.before.brands}
        for brand in each.after.brands:
            row = session.get(CaseMention, (each.after.id, brand.id))
            mark = rows.get(brand.id)
            if row is None or mark is None:
                continue
            case = session.get_one(Case, row.case_id, with_for_update=True)
            _show(session, case, row, brand, mark.actor_name if mark.label else "")
            if was[brand.id] != brand.label:
                _count_copy(session, case.id, brand.label, mark, now)


def _count_copy(
    session: Session, case_id: str, label: str, mark: MentionMark, now: datetime
) -> None:
    kind: EventKind = "copies_relabelled" if mark.label else "copies_restored"
    dedupe = f"copies:{mark.taken_from}:{label}"
    by = mark.actor_name
    if not record(session, case_id, now, kind, dedupe, actor_name=by, label=label, count=1):
        count_again(session, case_id, dedupe)
