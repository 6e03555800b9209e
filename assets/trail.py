"""The audit rows of the library: what was done to an asset and its reviews."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from assets.actor import Actor
from assets.sentences import history_sentence
from storage.records.accounts import AuditEvent
from storage.records.audit import audit
from storage.records.library import Asset, Review

_TOLD_CHANGES: Final = 3  # as many as anybody wants to read in an error
_LOOKED_AT: Final = 50


def tell(
    session: Session, now: datetime, actor: Actor, action: str, asset: Asset, **detail: Any
) -> None:
    """Audit *action* on an asset at the version that it now has."""
    audit(
        session,
        now,
        actor.name,
        action,
        "asset",
        asset.id,
        actor_id=actor.id,
        version=asset.version,
        **detail,
    )


def tell_review(
    session: Session, now: datetime, actor: Actor, action: str, review: Review, **detail: Any
) -> None:
    """Audit *action* on a review at the version that it now has."""
    audit(
        session,
        now,
        actor.name,
        action,
        "review",
        review.id,
        actor_id=actor.id,
        version=review.version,
        **detail,
    )


def trail_of(session: Session, asset_id: str, limit: int = 200) -> Sequence[AuditEvent]:
    """Return the audit rows of an asset and its reviews, newest first."""
    reviews = select(Review.id).where(Review.asset_id == asset_id)
    return session.scalars(
        select(AuditEvent)
        .where(
            or_(
                and_(AuditEvent.record_type == "asset", AuditEvent.record_id == asset_id),
                and_(AuditEvent.record_type == "review", AuditEvent.record_id.in_(reviews)),
            )
        )
        .order_by(AuditEvent.id.desc())
        .limit(limit)
    ).all()


def what_changed(session: Session, record_type: str, record_id: str, version: int) -> str:
    """Say who did what to a record since *version*, the newest last."""
    rows = session.scalars(
        select(AuditEvent)
        .where(AuditEvent.record_type == record_type, AuditEvent.record_id == record_id)
        .order_by(AuditEvent.id.desc())
        .limit(_LOOKED_AT)
    ).all()
    since = [row for row in rows if row.detail.get("version", 0) > version]
    told = [
        history_sentence(row.action, row.detail, row.actor)
        for row in reversed(since[:_TOLD_CHANGES])
    ]
    what = "；".join(told) or "内容已更新"
    noun = "审核" if record_type == "review" else "资产"
    return f"这个{noun}刚被改过：{what}。请看过最新情况再操作。"
