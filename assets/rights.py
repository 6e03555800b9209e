"""Usage rights and evidence of an asset: added and removed, never changed.

Both are part of what reviewers read, so that a change ends an open review. Errors are those of
``assets.library``.
"""

from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from assets.actor import Actor
from assets.availability import day_of
from assets.changing import asset_of, change_asset
from assets.fields import known_channels, line, paragraph, place_list, required
from assets.findings import standing
from assets.gate import proofs_valid_on
from assets.indexing import mark
from assets.trail import tell
from assets.voiding import void_if_changed
from core.clock import Clock
from core.errors import InvalidInput, NotFound
from core.ids import Ids
from storage.records.library import Asset, Evidence, UsageRight, WordingFinding


def add_right(
    session: Session,
    asset_id: str,
    expected_version: int,
    *,
    actor: Actor,
    clock: Clock,
    ids: Ids,
    subject: str,
    licensor: str = "",
    contract: str = "",
    territories: Iterable[str] = (),
    channels: Iterable[str] = (),
    valid_from: date | None = None,
    valid_until: date | None = None,
    note: str = "",
) -> UsageRight:
    """Limit an asset by a licence of *subject* (the picture, a person, a font); days inclusive."""
    asset, now = asset_of(session, asset_id, expected_version), clock.now()
    if valid_from and valid_until and valid_until < valid_from:
        raise InvalidInput("到期日在起始日之前，请检查日期。", "valid_until")
    right = UsageRight(
        id=ids.new("right"),
        asset_id=asset_id,
        subject=required(line(subject, "subject"), "subject", "请写明授权的对象，如图片、肖像。"),
        licensor=line(licensor, "licensor"),
        contract=line(contract, "contract"),
        territories=place_list(territories, "territories"),
        channels=known_channels(channels),
        valid_from=valid_from,
        valid_until=valid_until,
        note=paragraph(note, "note", 500),
        created_at=now,
    )
    session.add(right)
    _changed(session, asset, actor, now, "rights", "asset.right_added", subject=right.subject)
    return right


def remove_right(
    session: Session,
    asset_id: str,
    expected_version: int,
    right_id: str,
    *,
    actor: Actor,
    clock: Clock,
) -> None:
    """Take a licence's limits away; the audit keeps what it said."""
    asset, now = asset_of(session, asset_id, expected_version), clock.now()
    right = session.get(UsageRight, right_id)
    if right is None or right.asset_id != asset_id:
        raise NotFound("没有这条授权，可能已被删除。请刷新页面。")
    told = {
        "subject": right.subject,
        "contract": right.contract,
        "valid_until": None if right.valid_until is None else right.valid_until.isoformat(),
    }
    session.delete(right)
    _changed(session, asset, actor, now, "rights", "asset.right_removed", **told)


def add_evidence(
    session: Session,
    asset_id: str,
    expected_version: int,
    *,
    actor: Actor,
    clock: Clock,
    ids: Ids,
    claim: str,
    issuer: str,
    method: str = "",
    scope: str = "",
    period: str = "",
    valid_until: date | None = None,
    file_asset_id: str | None = None,
) -> Evidence:
    """Prove *claim*, by *issuer*, until and on *valid_until*; the document is another asset."""
    asset, now = asset_of(session, asset_id, expected_version), clock.now()
    if file_asset_id and (file_asset_id == asset_id or session.get(Asset, file_asset_id) is None):
        raise InvalidInput("证据文件要是资产库里的另一个资产，请先上传它。", "file_asset_id")
    proof = Evidence(
        id=ids.new("evidence"),
        asset_id=asset_id,
        claim=required(line(claim, "claim"), "claim", "请写明这份证据证明的说法。"),
        issuer=required(line(issuer, "issuer"), "issuer", "请写明证据由谁出具。"),
        method=line(method, "method"),
        scope=line(scope, "scope"),
        period=line(period, "period"),
        valid_until=valid_until,
        file_asset_id=file_asset_id or None,
        created_at=now,
    )
    session.add(proof)
    _changed(session, asset, actor, now, "evidence", "asset.evidence_added", claim=proof.claim)
    return proof


def remove_evidence(
    session: Session,
    asset_id: str,
    expected_version: int,
    evidence_id: str,
    *,
    actor: Actor,
    clock: Clock,
    today: date | None = None,
) -> None:
    """Take a proof away, unless a published claim stands on it alone.

    *today* is the workspace's calendar day.
    """
    asset, now = asset_of(session, asset_id, expected_version), clock.now()
    proof = session.get(Evidence, evidence_id)
    if proof is None or proof.asset_id != asset_id:
        raise NotFound("没有这份证据，可能已被删除。请刷新页面。")
    _demand_not_needed(session, asset, proof, today or day_of(now))
    claim, issuer = proof.claim, proof.issuer
    session.delete(proof)
    told = {"claim": claim, "issuer": issuer}
    _changed(session, asset, actor, now, "evidence", "asset.evidence_removed", **told)


def _demand_not_needed(session: Session, asset: Asset, proof: Evidence, today: date) -> None:
    """Expired evidence may not go either: it is what blocks an unproved claim."""
    if asset.state != "published":
        return
    found = session.scalars(
        select(WordingFinding).where(WordingFinding.version_id == asset.published_version_id)
    ).all()
    others = [each for each in proofs_valid_on(session, asset.id, today) if each is not proof]
    if standing(found, "needs_evidence") and not others:
        raise InvalidInput("已发布的说法只靠这份证据。请先添加新证据，或先召回资产。", "evidence")


def _changed(
    session: Session,
    asset: Asset,
    actor: Actor,
    now: datetime,
    what: str,
    action: str,
    **detail: str | None,
) -> None:
    if asset.state == "archived":
        raise InvalidInput("资产已归档，请先恢复它，再操作。")
    change_asset(session, asset, now)
    void_if_changed(session, asset, actor, now, [what])
    tell(session, now, actor, action, asset, **detail)
    mark(session, asset.id)
