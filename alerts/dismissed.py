"""Copies of what people dismissed: they open no case again, unless they bring something new."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from alerts.copies import is_copy
from alerts.policy import PolicyRules
from alerts.states import CLOSED
from sentiment.severity import severe_words
from storage.mentions import Mention
from storage.records.cases import Case, CaseMention


def dismissed_case(session: Session, brand_id: str, mention: Mention) -> Case | None:
    """Return the case of which *mention* is a copy, if the newest of its story was dismissed."""
    newest = session.scalars(
        select(Case)
        .where(Case.brand_id == brand_id, Case.story_id == mention.story_id, Case.state.in_(CLOSED))
        .order_by(Case.opened_at.desc(), Case.id)
        .limit(1)
        .with_for_update()
    ).first()
    if newest is None or newest.state != "dismissed" or not is_copy(newest.text, mention.full_text):
        return None
    return newest


def brings_news(session: Session, case: Case, mention: Mention, rules: PolicyRules) -> bool:
    """Say whether a copy of a dismissed case tells or does more than people knew.

    It has a severe word that the case's text lacks; or its reach makes a case severe
    (``severe_reach`` of the policy) and is larger than that of every other mention in the case.
    """
    if set(severe_words(mention.full_text)) - set(severe_words(case.text)):
        return True
    reach = mention.engagement.reach
    if reach < rules.severe_reach:
        return False
    largest = session.scalar(
        select(func.max(CaseMention.heat)).where(
            CaseMention.case_id == case.id, CaseMention.mention_id != mention.id
        )
    )
    return reach > (largest or 0)


def came_later(case: Case, row: CaseMention) -> bool:
    """Say whether *row* is a copy that was put to *case* because it is dismissed."""
    return case.state == "dismissed" and bool(row.evidence.get("kept_out"))
