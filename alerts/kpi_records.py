"""Reads what the figures are made of: cases by detection, open cases, messages that were used."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from alerts.kpi import CaseTimes
from alerts.states import ACTIVE
from storage.records.accounts import User
from storage.records.cases import Case
from storage.records.library import Asset, MessageUse
from storage.records.watch import Brand


@dataclass(frozen=True)
class UsedMessage:
    """An approved message and in how many cases, and how often, it was used in a period."""

    asset_id: str
    title: str
    cases: int
    times: int


def cases_detected(
    session: Session, after: datetime, before: datetime, brand_id: str | None = None
) -> list[CaseTimes]:
    """Return the cases detected from *after* on and before *before* (aware), oldest first."""
    return _cases(session, [Case.detected_at >= after, Case.detected_at < before], brand_id)


def open_cases(session: Session, brand_id: str | None = None) -> list[CaseTimes]:
    """Return the cases that are open, oldest first."""
    return _cases(session, [Case.state.in_(ACTIVE)], brand_id)


def messages_used(
    session: Session, after: datetime, before: datetime, brand_id: str | None = None
) -> list[UsedMessage]:
    """Return the messages used from *after* on and before *before*, the most used first."""
    times = func.count()
    query = (
        select(
            MessageUse.asset_id,
            Asset.title,
            func.count(MessageUse.case_id.distinct()).label("cases"),
            times.label("times"),
        )
        .join(Asset, Asset.id == MessageUse.asset_id)
        .join(Case, Case.id == MessageUse.case_id)
        .where(MessageUse.at >= after, MessageUse.at < before)
        .group_by(MessageUse.asset_id, Asset.title)
        .order_by(times.desc(), MessageUse.asset_id)
    )
    if brand_id is not None:
        query = query.where(Case.brand_id == brand_id)
    return [UsedMessage(row[0], row[1], row[2], row[3]) for row in session.execute(query)]


def _cases(
    session: Session, conditions: Collection[ColumnElement[bool]], brand_id: str | None
) -> list[CaseTimes]:
    # Columns and not the record: a case carries its whole text and signature.
    query = (
        select(
            Case.id,
            Case.title,
            Case.brand_id,
            Brand.name,
            Case.state,
            Case.severity,
            func.coalesce(User.display_name, ""),
            Case.detected_at,
            Case.response_due_at,
            Case.resolution_due_at,
            Case.acknowledged_at,
            Case.resolved_at,
        )
        .join(Brand, Brand.id == Case.brand_id)
        .outerjoin(User, User.id == Case.owner_id)
        .where(*conditions)
        .order_by(Case.detected_at, Case.id)
    )
    if brand_id is not None:
        query = query.where(Case.brand_id == brand_id)
    return [CaseTimes(*tuple(row)) for row in session.execute(query)]
