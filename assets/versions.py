"""Makes versions of an asset: immutable, one file or one body each."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from assets.actor import Actor
from assets.digest import content_hash
from assets.fields import paragraph
from assets.uploads import CompletedUpload
from core.errors import InvalidInput
from core.ids import Ids
from storage.records.library import Asset, AssetVersion


def first_version(
    asset: Asset,
    upload: CompletedUpload | None,
    body: dict[str, Any] | None,
    note: str,
    actor: Actor,
    now: datetime,
    ids: Ids,
) -> AssetVersion:
    """Return version 1 of *asset*, not yet in the session. Raises ``InvalidInput``."""
    return _version(asset, 1, upload, body, note, actor, now, ids)


def next_version(
    session: Session,
    asset: Asset,
    upload: CompletedUpload | None,
    body: dict[str, Any] | None,
    note: str,
    actor: Actor,
    now: datetime,
    ids: Ids,
) -> AssetVersion:
    """Add the version after the newest, a draft; an unpublished one before it is superseded.

    Raises ``InvalidInput``, also for the same content again.
    """
    before = session.get_one(AssetVersion, asset.current_version_id)
    made = _version(asset, before.number + 1, upload, body, note, actor, now, ids)
    if content_hash(made) == content_hash(before):
        raise InvalidInput("内容和当前版本一样，不用再传一版。")
    if before.state == "draft":
        before.state = "superseded"
    session.add(made)
    session.flush()
    return made


def _version(
    asset: Asset,
    number: int,
    upload: CompletedUpload | None,
    body: dict[str, Any] | None,
    note: str,
    actor: Actor,
    now: datetime,
    ids: Ids,
) -> AssetVersion:
    _demand_content(asset.kind, upload, body)
    return AssetVersion(
        id=ids.new("version"),
        asset_id=asset.id,
        number=number,
        state="draft",
        sha256=upload.sha256 if upload else None,
        filename=upload.filename if upload else None,
        media_type=upload.media_type if upload else None,
        size=upload.size if upload else None,
        body=body,
        note=paragraph(note, "note", 500),
        created_by=actor.id,
        author=actor.name,
        created_at=now,
        # The worker reads files; the text of a message is at hand.
        processing="pending" if upload else "done",
        next_due_at=now if upload else None,
    )


def _demand_content(kind: str, upload: CompletedUpload | None, body: dict[str, Any] | None) -> None:
    if kind == "message":
        if body is None or upload is not None:
            raise InvalidInput("话术要写正文，不能是文件。文件请选别的类型。", "body")
    elif upload is None or body is not None:
        raise InvalidInput("请先上传文件；只有话术才写正文。", "upload_id")
