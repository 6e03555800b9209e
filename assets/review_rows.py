"""Reads reviews for lists and pages."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from assets.row_shapes import DecisionRow, ReviewRow
from core.errors import InvalidInput, NotFound
from storage.records.library import Asset, AssetVersion, Decision, Review

REVIEW_STATES: Final = ("open", "approved", "rejected", "void", "withdrawn")
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class ReviewPage:
    """One page of reviews, newest first; *next_cursor* is None on the last."""

    items: tuple[ReviewRow, ...]
    next_cursor: str | None
    total: int


def review_list(
    session: Session,
    *,
    states: Collection[str] = (),
    waiting_for: str | None = None,
    q: str = "",
    limit: int = 20,
    cursor: str | None = None,
) -> ReviewPage:
    """Return reviews, newest first, of *states* (all without).

    *waiting_for* keeps open ones that this side has not decided, *q* those whose asset's title
    holds it. Raises ``InvalidInput`` for a wrong state or cursor.
    """
    chosen = _chosen(states, waiting_for, q)
    counted = select(func.count()).select_from(Review).join(Asset, Asset.id == Review.asset_id)
    total = session.scalar(counted.where(*chosen)) or 0
    query = select(Review).join(Asset, Asset.id == Review.asset_id)
    if cursor is not None:
        at, last_id = _read(cursor)
        earlier = and_(Review.requested_at == at, Review.id < last_id)
        chosen.append(or_(Review.requested_at < at, earlier))
    found = session.scalars(
        query.where(*chosen).order_by(Review.requested_at.desc(), Review.id.desc()).limit(limit + 1)
    ).all()
    shown = found[:limit]
    more = _written(shown[-1]) if len(found) > limit else None
    return ReviewPage(review_rows(session, shown), more, total)


def review_row(session: Session, review_id: str) -> ReviewRow:
    """Return one review; raises ``NotFound``."""
    review = session.get(Review, review_id)
    if review is None:
        raise NotFound("没有这个审核，请回到审核列表。")
    return review_rows(session, [review])[0]


def reviews_of(session: Session, asset_id: str) -> tuple[ReviewRow, ...]:
    """Return the reviews of an asset, newest first."""
    found = session.scalars(
        select(Review)
        .where(Review.asset_id == asset_id)
        .order_by(Review.requested_at.desc(), Review.id.desc())
    ).all()
    return review_rows(session, found)


def review_rows(session: Session, reviews: Sequence[Review]) -> tuple[ReviewRow, ...]:
    """Return *reviews* with what was decided and what they are about, in three queries."""
    ids = {review.id for review in reviews}
    decisions: defaultdict[str, list[DecisionRow]] = defaultdict(list)
    for each in session.scalars(
        select(Decision)
        .where(Decision.review_id.in_(ids))
        .order_by(Decision.at, Decision.side.desc())
    ):
        decisions[each.review_id].append(
            DecisionRow(
                each.side, each.reviewer, each.reviewer_id, each.verdict, each.comment, each.at
            )
        )
    about = {
        row.id: row
        for row in session.execute(
            select(AssetVersion.id, AssetVersion.number, Asset.title, Asset.kind)
            .join(Asset, Asset.id == AssetVersion.asset_id)
            .where(AssetVersion.id.in_({review.version_id for review in reviews}))
        )
    }
    return tuple(
        ReviewRow(
            id=review.id,
            asset_id=review.asset_id,
            title=about[review.version_id].title,
            kind=about[review.version_id].kind,
            version_id=review.version_id,
            number=about[review.version_id].number,
            digest=review.digest,
            state=review.state,
            requester=review.requester,
            requested_by=review.requested_by,
            note=review.note,
            requested_at=review.requested_at,
            closed_at=review.closed_at,
            version=review.version,
            decisions=tuple(decisions[review.id]),
        )
        for review in reviews
    )


def _chosen(states: Collection[str], waiting_for: str | None, q: str) -> list[ColumnElement[bool]]:
    unknown = sorted(set(states) - set(REVIEW_STATES))
    if unknown:
        known = "、".join(REVIEW_STATES)
        raise InvalidInput(f"没有审核状态“{unknown[0][:40]}”，可选：{known}。", "state")
    chosen: list[ColumnElement[bool]] = []
    if states:
        chosen.append(Review.state.in_(states))
    if waiting_for:
        decided = select(Decision.review_id).where(Decision.side == waiting_for)
        chosen += [Review.state == "open", Review.id.not_in(decided)]
    if q.strip():
        chosen.append(Asset.title.icontains(q.strip(), autoescape=True))
    return chosen


def _written(review: Review) -> str:
    since = review.requested_at - _EPOCH
    return f"{since // timedelta(microseconds=1)}.{review.id}"


def _read(cursor: str) -> tuple[datetime, str]:
    moment, _, review_id = cursor.partition(".")
    try:
        if not moment.isascii() or not moment.isdecimal() or not review_id:
            raise ValueError(cursor)
        at = _EPOCH + timedelta(microseconds=int(moment))
    except (ValueError, OverflowError) as error:
        raise InvalidInput("cursor 不对，请从第一页重新开始。", "cursor") from error
    return at, review_id
