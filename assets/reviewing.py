"""The double review: legal and compliance, two people, on the same digest, before publication.

Every function runs in a write transaction. A disabled account decides nothing; an open review
ends when what it is about changes (``assets.voiding``). Raises ``NotFound``, ``Conflict`` (the
sentence says who did what), ``NotPermitted`` or ``InvalidInput``.
"""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from assets.actor import Actor
from assets.availability import day_of
from assets.changing import asset_of, change_asset, change_review, review_of
from assets.deciding import COMMENT_LIMIT, DigestChanged, Verdict, decide, demand_open
from assets.digest import content_digest
from assets.fields import paragraph
from assets.findings import Checked, check_version, waive
from assets.gate import BlockingFinding, WordingBlocked, demand_fit
from assets.indexing import mark
from assets.trail import tell_review
from assets.voiding import open_review, settled, void_if_changed
from core.clock import Clock
from core.errors import InvalidInput
from core.ids import Ids
from storage.records.library import Asset, AssetVersion, Review

__all__ = [
    "BlockingFinding",
    "DigestChanged",
    "Verdict",
    "WordingBlocked",
    "decide",
    "request",
    "void_stale",
    "waive",
    "withdraw",
]


def request(
    session: Session,
    asset_id: str,
    expected_version: int,
    *,
    actor: Actor,
    note: str = "",
    clock: Clock,
    ids: Ids,
    today: date | None = None,
    ahead: Checked | None = None,
) -> Review:
    """Send the newest version for review and return the review.

    Raises ``WordingBlocked`` while the wording check forbids it, ``InvalidInput`` while the file
    is not read, or when there is nothing to review. *today* is the workspace's calendar day;
    *ahead* is what was checked before the transaction.
    """
    asset, now = asset_of(session, asset_id, expected_version), clock.now()
    version = session.get_one(AssetVersion, asset.current_version_id)
    _demand_reviewable(session, asset, version)
    day = today or day_of(now)
    found = check_version(session, version.id, clock, today=day, ahead=ahead)
    demand_fit(session, asset.id, found, today=day)
    why = paragraph(note, "note", COMMENT_LIMIT)
    digest = content_digest(session, version)
    _demand_new(session, version, digest, why)
    review = Review(
        id=ids.new("review"),
        asset_id=asset_id,
        version_id=version.id,
        digest=digest,
        state="open",
        requested_by=actor.id,
        requester=actor.name,
        note=why,
        requested_at=now,
    )
    session.add(review)
    version.state = "in_review"
    change_asset(session, asset, now, state=settled(asset, "in_review"))
    tell_review(session, now, actor, "review.requested", review, number=version.number, note=why)
    mark(session, asset_id)
    return review


def withdraw(
    session: Session, review_id: str, expected_version: int, *, actor: Actor, clock: Clock
) -> Review:
    """Take a request back; what was decided does not count."""
    review = review_of(session, review_id, expected_version)
    demand_open(review)
    asset, now = asset_of(session, review.asset_id), clock.now()
    version = session.get_one(AssetVersion, review.version_id)
    change_review(session, review, state="withdrawn", closed_at=now)
    version.state = "draft"
    change_asset(session, asset, now, state=settled(asset, "draft"))
    tell_review(session, now, actor, "review.withdrawn", review, number=version.number)
    mark(session, asset.id)
    return review


def void_stale(session: Session, review_id: str, *, actor: Actor, clock: Clock) -> bool:
    """End an open review whose content is another now, as ``DigestChanged`` told; say if it was."""
    review = review_of(session, review_id)
    if review.state != "open":
        return False
    asset, now = asset_of(session, review.asset_id), clock.now()
    voided = void_if_changed(session, asset, actor, now, ["body"])
    if voided:
        change_asset(session, asset, now)
        mark(session, asset.id)
    return voided


def _demand_reviewable(session: Session, asset: Asset, version: AssetVersion) -> None:
    if asset.state == "archived":
        raise InvalidInput("资产已归档，请先恢复它，再送审。")
    if open_review(session, asset.id) is not None:
        raise InvalidInput("这个资产已经在审核，请等结果，或先撤回。")
    if version.state == "published":
        hint = "用“恢复”让它重新可用，或者" if asset.state == "recalled" else ""
        raise InvalidInput(f"当前版本已经发布，没有要审核的新内容。请{hint}先添加新版本。")
    if version.processing == "pending":
        raise InvalidInput("文件还在读取，用语还没有检查完。请稍等片刻再送审。")
    if version.processing != "done":
        raise InvalidInput(
            f"文件读取失败，不能送审：{version.fault or '原因不明'}。请换一个文件上传新版本。"
        )


def _demand_new(session: Session, version: AssetVersion, digest: str, note: str) -> None:
    if version.state != "rejected" or note:
        return
    known = select(Review.id).where(
        Review.version_id == version.id, Review.state == "rejected", Review.digest == digest
    )
    if session.scalar(known.limit(1)) is not None:
        raise InvalidInput("内容和被退回时一样。请先修改，或写明为什么再次送审。", "note")
