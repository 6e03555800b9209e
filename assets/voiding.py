"""What was decided holds for what was read: a change ends an open review with its decisions."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from assets.actor import Actor
from assets.changing import change_review
from assets.digest import content_digest
from assets.trail import tell_review
from storage.records.library import Asset, AssetVersion, Review


def open_review(session: Session, asset_id: str) -> Review | None:
    """Return the review of an asset that waits for decisions."""
    return session.scalars(
        select(Review).where(Review.asset_id == asset_id, Review.state == "open")
    ).first()


def void_if_changed(
    session: Session, asset: Asset, actor: Actor, now: datetime, why: Sequence[str]
) -> bool:
    """End the open review of *asset* if its digest is another now; say whether it was ended.

    *why* names the fields that *actor* changed. Both decisions go with the review.
    """
    review = open_review(session, asset.id)
    if review is None:
        return False
    version = session.get_one(AssetVersion, review.version_id)
    newest = asset.current_version_id == review.version_id
    if newest and content_digest(session, version) == review.digest:
        return False
    void(session, asset, review, actor, now, why)
    return True


def void(
    session: Session,
    asset: Asset,
    review: Review,
    actor: Actor,
    now: datetime,
    why: Sequence[str],
) -> None:
    """End *review* because what it was about is no more; the asset is a draft again."""
    change_review(session, review, state="void", closed_at=now)
    version = session.get_one(AssetVersion, review.version_id)
    version.state = "draft" if version.id == asset.current_version_id else "superseded"
    asset.state = settled(asset, "draft")
    detail: dict[str, Any] = {"number": version.number, "why": list(why), "asset_id": asset.id}
    tell_review(session, now, actor, "review.voided", review, **detail)


def settled(asset: Asset, state: str) -> str:
    """Return the state that an asset takes when its newest version is in *state*.

    One with a published version stays what it is to those who use it.
    """
    return asset.state if asset.published_version_id else state
