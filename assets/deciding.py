"""What one side decides in a double review, and what comes of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from assets.actor import Actor
from assets.availability import day_of
from assets.changing import asset_of, change_asset, change_review, review_of
from assets.digest import content_digest
from assets.fields import paragraph, required
from assets.findings import Checked, check_version
from assets.gate import demand_fit
from assets.independence import demand_independent
from assets.indexing import mark
from assets.publishing import publish
from assets.trail import tell_review
from assets.voiding import settled
from assets.wording import load_rules
from assets.words import Side
from core.clock import Clock
from core.errors import Conflict, InvalidInput
from core.ids import Ids
from storage.records.library import Asset, AssetVersion, Decision, Review

Verdict = Literal["approve", "reject"]
COMMENT_LIMIT: Final = 2_000
_CLOSED: Final = {
    "approved": "已经通过",
    "rejected": "已被退回",
    "void": "因内容改动已作废",
    "withdrawn": "已被撤回",
}


class DigestChanged(Conflict):
    """What is reviewed is not what was sent; ``reviewing.void_stale`` then ends the review."""


@dataclass(frozen=True)
class _Case:
    """One decision on its way."""

    session: Session
    review: Review
    asset: Asset
    version: AssetVersion
    actor: Actor
    told: dict[str, Any]
    now: datetime


def decide(
    session: Session,
    review_id: str,
    expected_version: int,
    *,
    side: Side,
    verdict: Verdict,
    comment: str = "",
    actor: Actor,
    clock: Clock,
    ids: Ids,
    today: date | None = None,
    ahead: Checked | None = None,
) -> Review:
    """Decide for *side*; the second approval publishes, a rejection (with a comment) ends it.

    *today* is the workspace's calendar day; *ahead* is what was checked before the transaction.
    Raises ``DigestChanged`` when the content is another than was sent, ``WordingBlocked`` when the
    rules of today forbid to publish it, ``NotPermitted`` for whoever may not judge this.
    """
    review = review_of(session, review_id, expected_version)
    demand_open(review)
    asset = asset_of(session, review.asset_id)
    version = session.get_one(AssetVersion, review.version_id)
    others = session.scalars(select(Decision).where(Decision.review_id == review_id)).all()
    demand_independent(session, actor, side, review, version, others)
    _demand_same(session, asset, version, review)
    text, now = _comment(verdict, comment), clock.now()
    session.add(_decision(ids.new("decision"), review, side, verdict, text, actor, now))
    told = {"side": side, "number": version.number, "comment": text, "asset_id": asset.id}
    case = _Case(session, review, asset, version, actor, told, now)
    if verdict == "reject":
        _reject(case)
    else:
        _approve(case, others, clock, today or day_of(now), ahead)
    mark(session, asset.id)
    return review


def demand_open(review: Review) -> None:
    """Raise ``InvalidInput`` that says how it ended unless *review* waits for decisions."""
    if review.state != "open":
        raise InvalidInput(f"这次审核{_CLOSED[review.state]}，不能再操作。")


def _demand_same(session: Session, asset: Asset, version: AssetVersion, review: Review) -> None:
    newest = asset.current_version_id == version.id
    if not newest or content_digest(session, version) != review.digest:
        raise DigestChanged("内容在送审之后改过，这次审核作废。请让送审人重新送审。")


def _comment(verdict: Verdict, comment: str) -> str:
    text = paragraph(comment, "comment", COMMENT_LIMIT)
    if verdict == "reject":
        return required(text, "comment", "退回时请写明哪里要改。")
    if verdict != "approve":
        raise InvalidInput("决定只能是 approve（通过）或 reject（退回）。", "verdict")
    return text


def _decision(
    decision_id: str,
    review: Review,
    side: Side,
    verdict: Verdict,
    comment: str,
    actor: Actor,
    now: datetime,
) -> Decision:
    return Decision(
        id=decision_id,
        review_id=review.id,
        side=side,
        reviewer_id=str(actor.id),
        reviewer=actor.name,
        verdict=verdict,
        comment=comment,
        digest=review.digest,
        at=now,
    )


def _reject(case: _Case) -> None:
    change_review(case.session, case.review, state="rejected", closed_at=case.now)
    case.version.state = "rejected"
    change_asset(case.session, case.asset, case.now, state=settled(case.asset, "rejected"))
    tell_review(case.session, case.now, case.actor, "review.rejected", case.review, **case.told)


def _approve(
    case: _Case, others: Sequence[Decision], clock: Clock, today: date, ahead: Checked | None
) -> None:
    session, review = case.session, case.review
    if not others:
        change_review(session, review)
        tell_review(session, case.now, case.actor, "review.approved", review, **case.told)
        return
    # The rules may have changed since the request, and evidence may have run out.
    found = check_version(session, case.version.id, clock, today=today, ahead=ahead)
    demand_fit(session, case.asset.id, found, today=today)
    change_review(session, review, state="approved", closed_at=case.now)
    publish(session, case.asset, case.version, case.now)
    rules = {"rules_version": str(load_rules().version)}
    tell_review(session, case.now, case.actor, "review.published", review, **case.told, **rules)
