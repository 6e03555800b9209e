"""Which reviews wait for a person: the figure beside the room, and the order of its list."""

from collections.abc import Sequence

from sqlalchemy import Select, exists, func, or_, select
from sqlalchemy.orm import Session

from api.auth.identity import SignedIn
from api.permissions import Permission
from assets.words import SIDES
from storage.records.library import AssetVersion, Decision, Review


def waiting_for(session: Session, person: SignedIn) -> Sequence[str]:
    """Return the ids of open reviews that *person* can decide now, the oldest first."""
    if not _decides(person):
        return ()
    return session.scalars(_waiting(person).order_by(Review.requested_at, Review.id)).all()


def count_waiting_for(session: Session, person: SignedIn) -> int:
    """Count what ``waiting_for`` returns."""
    if not _decides(person):
        return 0
    return session.scalar(select(func.count()).select_from(_waiting(person).subquery())) or 0


def _decides(person: SignedIn) -> bool:
    return person.role in SIDES and person.may(Permission.DECIDE_REVIEWS)


def _waiting(person: SignedIn) -> Select[str]:
    """Neither what this side has decided, nor what the person wrote, asked for or decided."""
    decided = exists().where(
        Decision.review_id == Review.id,
        or_(Decision.side == person.role, Decision.reviewer_id == person.id),
    )
    return (
        select(Review.id)
        .join(AssetVersion, AssetVersion.id == Review.version_id)
        .where(
            Review.state == "open",
            Review.requested_by.is_distinct_from(person.id),
            AssetVersion.created_by.is_distinct_from(person.id),
            ~decided,
        )
    )
