"""Writing messages (话术): assets whose version is a body instead of a file.

The functions run in a write transaction and raise what those of ``assets.library`` raise.
"""

from collections.abc import Iterable
from typing import Any

from sqlalchemy.orm import Session

from assets import library
from assets.actor import Actor
from assets.changing import asset_of
from assets.fields import required
from assets.indexing import mark
from assets.message_body import MessageBody, stored_body
from core.clock import Clock
from core.errors import NotFound
from core.ids import Ids
from storage.records.library import Asset, AssetVersion, TextLayer

_FIRST_PAGE = 1


def create(
    session: Session,
    *,
    title: str,
    scenario: str,
    body: MessageBody,
    description: str = "",
    tags: Iterable[str] = (),
    brand_id: str | None = None,
    actor: Actor,
    clock: Clock,
    ids: Ids,
    note: str = "",
) -> Asset:
    """Add a message with version 1, its text and what the wording check finds in it."""
    asset = library.create_asset(
        session,
        kind="message",
        title=title,
        description=description,
        tags=tags,
        brand_id=brand_id,
        actor=actor,
        clock=clock,
        ids=ids,
        body=_as_json(body),
        scenario=_known(scenario),
        note=note,
    )
    _add_text(session, asset, body)
    return asset


def add_version(
    session: Session,
    message_id: str,
    expected_version: int,
    body: MessageBody,
    *,
    actor: Actor,
    clock: Clock,
    ids: Ids,
    note: str = "",
) -> Asset:
    """Add a newer version, a draft. What is published stays in use until this one is reviewed."""
    _message_of(session, message_id, expected_version)
    asset = library.add_version(
        session,
        message_id,
        expected_version,
        actor=actor,
        clock=clock,
        ids=ids,
        body=_as_json(body),
        note=note,
    )
    _add_text(session, asset, body)
    return asset


def save(
    session: Session,
    message_id: str,
    expected_version: int,
    *,
    title: str,
    scenario: str,
    body: MessageBody,
    tags: Iterable[str],
    brand_id: str | None,
    actor: Actor,
    clock: Clock,
    ids: Ids,
    note: str = "",
) -> Asset:
    """Change a message as a form does: a new version only when its *body* is another one."""
    asset = _message_of(session, message_id, expected_version)
    before = body_of(session, asset)
    if body != before:
        asset = add_version(
            session,
            message_id,
            expected_version,
            body,
            actor=actor,
            clock=clock,
            ids=ids,
            note=note,
        )
    return library.edit(
        session,
        message_id,
        asset.version,
        actor=actor,
        clock=clock,
        title=title,
        scenario=_known(scenario),
        tags=tags,
        brand_id=brand_id,
    )


def body_of(session: Session, asset: Asset) -> MessageBody:
    """Return the body of the newest version of *asset*."""
    return stored_body(session.get_one(AssetVersion, asset.current_version_id).body)


def _message_of(session: Session, message_id: str, expected_version: int) -> Asset:
    asset = asset_of(session, message_id, expected_version)
    if asset.kind != "message":
        raise NotFound("没有这条话术，请回到话术列表。")
    return asset


def _known(scenario: str) -> str:
    return required(scenario, "scenario", "请选择场景，事件才能找到这条口径。")


def _as_json(body: MessageBody) -> dict[str, Any]:
    return body.model_dump(mode="json")


def _add_text(session: Session, asset: Asset, body: MessageBody) -> None:
    """Let search read the newest version; its places are checked by ``library`` already."""
    version_id = str(asset.current_version_id)
    text = body.layer_text()
    session.add(TextLayer(version_id=version_id, page=_FIRST_PAGE, source="message", text=text))
    session.flush()
    mark(session, asset.id)
