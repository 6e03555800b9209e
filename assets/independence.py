"""Who may judge: by the role of that side, in person, and nobody their own work."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from assets.actor import Actor
from assets.words import SIDES, Side
from core.errors import InvalidInput, NotPermitted
from storage.records.accounts import User
from storage.records.library import Asset, AssetVersion, Decision, Review


def demand_independent(
    session: Session,
    actor: Actor,
    side: Side,
    review: Review,
    version: AssetVersion,
    decided: Sequence[Decision],
) -> None:
    """Raise ``NotPermitted`` unless *actor* may decide for *side*, ``InvalidInput`` if it has.

    The account is read here, in the deciding transaction: a role that was taken away or an
    account that was disabled meanwhile decides nothing. Roles change over the years, people do
    not: it is the person that must not decide twice.
    """
    if side not in SIDES:
        raise InvalidInput("审核方只能是 legal（法务）或 compliance（合规）。", "side")
    if actor.id is None:
        raise NotPermitted("审核要由本人登录后决定，令牌不能代替。")
    user = session.get(User, actor.id, populate_existing=True)
    if user is None or user.disabled_at is not None:
        raise NotPermitted("这个账号已停用，不能审核。")
    if actor.role != side or user.role != side:
        raise NotPermitted(f"只有{SIDES[side]}的同事可以代表{SIDES[side]}决定。")
    for each in decided:
        if each.reviewer_id == actor.id:
            raise NotPermitted("你已经代表另一方决定过，两方要由不同的人审核。")
        if each.side == side:
            raise InvalidInput(f"{each.reviewer} 已经代表{SIDES[side]}决定过。")
    if actor.id == review.requested_by:
        raise NotPermitted("不能审核自己送审的内容，请由另一位同事决定。")
    if actor.id == version.created_by or _owns_and_wrote(session, actor.id, version):
        raise NotPermitted("不能审核自己写的内容，请由另一位同事决定。")


def _owns_and_wrote(session: Session, user_id: str, version: AssetVersion) -> bool:
    """Say whether this is the owner's own work: then an earlier version counts too."""
    if session.get_one(Asset, version.asset_id).owner_id != user_id:
        return False
    wrote = select(AssetVersion.id).where(
        AssetVersion.asset_id == version.asset_id, AssetVersion.created_by == user_id
    )
    return session.scalar(wrote.limit(1)) is not None
