"""A file whose reading failed is read once more: the store was out of reach, or readers grew."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from assets.actor import Actor
from assets.changing import asset_of
from assets.indexing import mark
from assets.trail import tell
from core.clock import Clock
from core.errors import InvalidInput, NotFound
from storage.records.library import Asset, AssetVersion


def read_again(
    session: Session, asset_id: str, number: int, *, actor: Actor, clock: Clock
) -> Asset:
    """Have the worker read version *number* anew, with all of its attempts.

    Raises ``NotFound``, or ``InvalidInput`` unless its reading failed.
    """
    asset, now = asset_of(session, asset_id), clock.now()
    version = session.scalars(
        select(AssetVersion).where(AssetVersion.asset_id == asset_id, AssetVersion.number == number)
    ).first()
    if version is None:
        raise NotFound("没有这个版本，请回到素材页面。")
    if version.processing != "failed":
        raise InvalidInput("只有读取失败的文件才能再读一次。")
    version.processing, version.fault = "pending", None
    version.attempts, version.next_due_at = 0, now
    tell(session, now, actor, "asset.read_again", asset, number=number)
    mark(session, asset_id)
    return asset
