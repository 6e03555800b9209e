"""That an approved message was used in a case: which version, which variant, where, by whom."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Final

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from alerts.actions import Actor
from alerts.events import record
from assets.availability import blocks, day_of
from assets.fields import line
from assets.message_body import stored_body
from core.clock import Clock
from core.errors import Conflict, InvalidInput, NotFound
from core.ids import Ids
from storage.records.cases import Case, CaseEvent
from storage.records.library import Asset, AssetVersion, Evidence, MessageUse, UsageRight

PLACE_LIMIT: Final = 500
# Without a form's nonce, the same click by the same person within this time is the same use.
_SAME_CLICK: Final = timedelta(minutes=1)


@dataclass(frozen=True)
class Use:
    """One use, with the titles of both ends. *variant* is a channel or empty; *at* is UTC."""

    id: str
    case_id: str
    case_title: str
    asset_id: str
    title: str
    version_id: str
    number: int
    variant: str
    text: str
    place: str
    user: str
    at: datetime


def record_use(
    session: Session,
    case_id: str,
    asset_id: str,
    version_id: str,
    variant: str,
    actor: Actor,
    clock: Clock,
    ids: Ids,
    place: str = "",
    *,
    nonce: str = "",
    today: date | None = None,
) -> MessageUse:
    """Record that *actor* used a message, once a *nonce*; the case's state stays as it is.

    *variant* is a channel of the message, or empty for the text itself; *place* is where it was
    posted, such as a URL. *today* is the day where the workspace is. Run in a write transaction.
    Raises ``NotFound``, ``Conflict`` when another version is in use by now, or ``InvalidInput``
    when the message may not be used, with the reason.
    """
    if session.get(Case, case_id, with_for_update=True) is None:
        raise NotFound("没有这个事件，请回到事件列表。")
    now, where = clock.now(), line(place, "place", PLACE_LIMIT)
    asset, version = _in_use(session, asset_id, version_id)
    text = stored_body(version.body).text_for(variant)
    key = _key(nonce, version_id, variant, where, actor)
    known = _recorded(session, case_id, key, nonce, now)
    if known is not None:
        return known
    _demand_available(session, asset, variant, today or day_of(now))
    use = MessageUse(
        id=ids.new("use"),
        case_id=case_id,
        asset_id=asset.id,
        version_id=version.id,
        version_number=version.number,
        variant=variant,
        text=text,
        user_id=actor.id,
        user_name=actor.name,
        place=where,
        at=now,
    )
    session.add(use)
    session.flush()
    record(
        session,
        case_id,
        now,
        "message_used",
        key if nonce else f"{key}:{use.id}",
        actor_id=actor.id,
        actor_name=actor.name,
        use_id=use.id,
        asset_id=asset.id,
        version_id=version.id,
        title=asset.title,
        number=version.number,
        variant=variant,
        place=where,
    )
    return use


def uses_of_case(session: Session, case_id: str) -> list[Use]:
    """Return what was used in a case, the newest first."""
    return _uses(session, MessageUse.case_id == case_id)


def uses_of_message(session: Session, asset_id: str, limit: int = 50) -> list[Use]:
    """Return where a message was used, the newest first."""
    return _uses(session, MessageUse.asset_id == asset_id, limit)


def use_counts(session: Session, since: datetime | None = None) -> dict[str, int]:
    """Count the uses of each message from *since* (UTC) on; what was never used is left out."""
    query = select(MessageUse.asset_id, func.count()).group_by(MessageUse.asset_id)
    if since is not None:
        query = query.where(MessageUse.at >= since)
    return {str(asset_id): int(count) for asset_id, count in session.execute(query)}


def _in_use(session: Session, asset_id: str, version_id: str) -> tuple[Asset, AssetVersion]:
    asset = session.get(Asset, asset_id)
    if asset is None or asset.kind != "message":
        raise NotFound("没有这条话术，请回到事件换一条。")
    version = session.get(AssetVersion, version_id)
    if version is None or version.asset_id != asset_id:
        raise NotFound("没有这个版本，请刷新页面再选。")
    newest = asset.published_version_id
    if asset.state == "published" and newest != version_id:
        number = session.get_one(AssetVersion, newest).number
        raise Conflict(f"《{asset.title}》已经换成第 {number} 版，没有记录。请看过新版再用。")
    return asset, version


def _demand_available(session: Session, asset: Asset, variant: str, today: date) -> None:
    reasons = blocks(
        asset.state,
        session.scalars(select(UsageRight).where(UsageRight.asset_id == asset.id)).all(),
        session.scalars(select(Evidence).where(Evidence.asset_id == asset.id)).all(),
        today=today,
        channel=variant or None,
        recall_reason=asset.recall_reason,
    )
    if reasons:
        told = "；".join(reason.sentence.rstrip("。") for reason in reasons)
        raise InvalidInput(f"《{asset.title}》现在不能用：{told}。请换一条口径。", "asset_id")


def _key(nonce: str, version_id: str, variant: str, place: str, actor: Actor) -> str:
    told = "\n".join((nonce, version_id, variant, place, actor.id or actor.name))
    return f"message_used:{sha256(told.encode()).hexdigest()[:32]}"


def _recorded(
    session: Session, case_id: str, key: str, nonce: str, now: datetime
) -> MessageUse | None:
    """The use that the same click has recorded before."""
    query = select(CaseEvent).where(CaseEvent.case_id == case_id)
    if nonce:
        query = query.where(CaseEvent.dedupe == key)
    else:
        since = now - _SAME_CLICK
        query = query.where(CaseEvent.dedupe.startswith(key), CaseEvent.at > since)
    event = session.scalars(query.order_by(CaseEvent.id.desc())).first()
    return session.get(MessageUse, event.payload["use_id"]) if event is not None else None


def _uses(session: Session, condition: ColumnElement[bool], limit: int | None = None) -> list[Use]:
    rows = session.execute(
        select(MessageUse, Case.title, Asset.title)
        .join(Case, Case.id == MessageUse.case_id)
        .join(Asset, Asset.id == MessageUse.asset_id)
        .where(condition)
        .order_by(MessageUse.at.desc(), MessageUse.id.desc())
        .limit(limit)
    )
    return [
        Use(
            id=use.id,
            case_id=use.case_id,
            case_title=case_title,
            asset_id=use.asset_id,
            title=title,
            version_id=use.version_id,
            number=use.version_number,
            variant=use.variant,
            text=use.text,
            place=use.place,
            user=use.user_name,
            at=use.at,
        )
        for use, case_title, title in rows
    ]
