"""What people do with an asset of the library, but for reviews, rights and evidence.

Every function runs in a write transaction, names the version that was seen, audits, and marks the
asset for search. They raise ``NotFound``, ``Conflict`` (somebody was quicker; the sentence says
what they did) or ``InvalidInput``.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any, Final

from sqlalchemy.orm import Session

from assets.actor import Actor
from assets.availability import day_of
from assets.changing import asset_of, change_asset
from assets.fields import (
    known_brand,
    known_kind,
    known_owner,
    known_scenario,
    paragraph,
    required,
    tag_list,
    title_text,
)
from assets.findings import check_version
from assets.gate import demand_fit_to_show
from assets.indexing import mark
from assets.trail import tell
from assets.uploads import CompletedUpload
from assets.versions import first_version, next_version
from assets.voiding import open_review, settled, void_if_changed
from core.clock import Clock
from core.errors import InvalidInput
from core.ids import Ids
from storage.records.library import Asset

UNSET: Final[Any] = object()  # a field that an edit leaves as it is; None empties one


def create_asset(
    session: Session,
    *,
    kind: str,
    title: str,
    description: str = "",
    tags: Iterable[str] = (),
    brand_id: str | None = None,
    actor: Actor,
    clock: Clock,
    ids: Ids,
    upload: CompletedUpload | None = None,
    body: dict[str, Any] | None = None,
    scenario: str | None = None,
    note: str = "",
) -> Asset:
    """Add an asset with version 1: a file for most kinds, a body for messages.

    The caller has read *body* with ``message_body.read_body`` and adds the text of a message.
    """
    now = clock.now()
    asset = Asset(
        id=ids.new("asset"),
        brand_id=known_brand(session, brand_id),
        kind=known_kind(kind),
        scenario=known_scenario(kind, scenario),
        title=title_text(title),
        description=paragraph(description, "description"),
        tags=tag_list(tags),
        owner_id=actor.id,
        state="draft",
        created_at=now,
        updated_at=now,
    )
    version = first_version(asset, upload, body, note, actor, now, ids)
    session.add(asset)
    session.flush()
    session.add(version)
    session.flush()
    asset.current_version_id = version.id
    check_version(session, version.id, clock)
    tell(session, now, actor, "asset.created", asset, title=asset.title, number=1)
    mark(session, asset.id)
    return asset


def add_version(
    session: Session,
    asset_id: str,
    expected_version: int,
    *,
    actor: Actor,
    clock: Clock,
    ids: Ids,
    upload: CompletedUpload | None = None,
    body: dict[str, Any] | None = None,
    note: str = "",
) -> Asset:
    """Add a newer version, a draft; what is published stays so until it is reviewed.

    An open review of the version before is void.
    """
    now = clock.now()
    asset = _living(asset_of(session, asset_id, expected_version))
    version = next_version(session, asset, upload, body, note, actor, now, ids)
    change_asset(session, asset, now, current_version_id=version.id, state=settled(asset, "draft"))
    void_if_changed(session, asset, actor, now, ["body" if upload is None else "file"])
    check_version(session, version.id, clock)
    tell(session, now, actor, "asset.version_added", asset, number=version.number)
    mark(session, asset.id)
    return asset


def edit(
    session: Session,
    asset_id: str,
    expected_version: int,
    *,
    actor: Actor,
    clock: Clock,
    title: str = UNSET,
    description: str = UNSET,
    tags: Iterable[str] = UNSET,
    brand_id: str | None = UNSET,
    scenario: str | None = UNSET,
    owner_id: str | None = UNSET,
    today: date | None = None,
) -> Asset:
    """Change what is said about an asset. An open review is void when its digest changes.

    Of a published asset the texts are shown at once, so they must pass the wording check: raises
    ``WordingBlocked`` when they do not. *today* is the workspace's calendar day.
    """
    asset = _living(asset_of(session, asset_id, expected_version))
    given: dict[str, Any] = {}
    if title is not UNSET:
        given["title"] = title_text(title)
    if description is not UNSET:
        given["description"] = paragraph(description, "description")
    if tags is not UNSET:
        given["tags"] = tag_list(tags)
    if brand_id is not UNSET and brand_id != asset.brand_id:
        given["brand_id"] = known_brand(session, brand_id)
    if scenario is not UNSET:
        given["scenario"] = known_scenario(asset.kind, scenario)
    if owner_id is not UNSET and owner_id != asset.owner_id:
        given["owner_id"] = known_owner(session, owner_id)
    changes = {name: value for name, value in given.items() if value != getattr(asset, name)}
    if changes:
        _apply(session, asset, changes, actor, clock, today)
    return asset


def _apply(
    session: Session,
    asset: Asset,
    changes: dict[str, Any],
    actor: Actor,
    clock: Clock,
    today: date | None,
) -> None:
    now, fields = clock.now(), list(changes)
    change_asset(session, asset, now, **changes)
    void_if_changed(session, asset, actor, now, fields)
    written = {"title", "description", "tags"} & changes.keys()
    if written:
        for version_id in {asset.current_version_id, asset.published_version_id} - {None}:
            check_version(session, str(version_id), clock, today=today, only=written)
        demand_fit_to_show(session, asset, today or day_of(now), written)
    told = {name: changes[name] for name in fields if name in {"title", "tags"}}
    tell(session, now, actor, "asset.edited", asset, fields=fields, to=told)
    mark(session, asset.id)


def recall(
    session: Session,
    asset_id: str,
    expected_version: int,
    *,
    actor: Actor,
    reason: str,
    clock: Clock,
) -> Asset:
    """Take a published asset out of use at once, with a reason that everybody sees."""
    asset = asset_of(session, asset_id, expected_version)
    if asset.state != "published":
        raise InvalidInput("只有已发布的资产才能召回。")
    why = required(paragraph(reason, "reason", 500), "reason", "请写明召回的原因。")
    now = clock.now()
    change_asset(session, asset, now, state="recalled", recall_reason=why)
    tell(session, now, actor, "asset.recalled", asset, reason=why)
    mark(session, asset.id)
    return asset


def restore(
    session: Session,
    asset_id: str,
    expected_version: int,
    *,
    actor: Actor,
    clock: Clock,
    today: date | None = None,
) -> Asset:
    """Bring a recalled or archived asset back: published if it was, else a draft.

    What is published again must pass the wording rules of *today*, the workspace's calendar day:
    raises ``WordingBlocked``.
    """
    asset = asset_of(session, asset_id, expected_version)
    if asset.state not in {"recalled", "archived"}:
        raise InvalidInput("只有已召回或已归档的资产才需要恢复。")
    now = clock.now()
    state = "published" if asset.published_version_id else "draft"
    change_asset(session, asset, now, state=state, recall_reason=None)
    if asset.published_version_id:
        check_version(session, asset.published_version_id, clock, today=today)
        demand_fit_to_show(session, asset, today or day_of(now))
    tell(session, now, actor, "asset.restored", asset)
    mark(session, asset.id)
    return asset


def archive(
    session: Session, asset_id: str, expected_version: int, *, actor: Actor, clock: Clock
) -> Asset:
    """Put an asset away: it is not used any more, its history stays."""
    asset = _living(asset_of(session, asset_id, expected_version))
    if open_review(session, asset_id) is not None:
        raise InvalidInput("资产正在审核，请先撤回送审，再归档。")
    now = clock.now()
    change_asset(session, asset, now, state="archived")
    tell(session, now, actor, "asset.archived", asset)
    mark(session, asset.id)
    return asset


def _living(asset: Asset) -> Asset:
    if asset.state == "archived":
        raise InvalidInput("资产已归档，请先恢复它，再操作。")
    return asset
