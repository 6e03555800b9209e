"""Assets by REST: one with its history, adding, changing, and what becomes of it."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path
from pydantic import Field

from api.asset_sight import actor_of, seen_row, sight_of, today_of
from api.auth.identity import SignedIn
from api.doors import require, service
from api.permissions import Permission
from api.rest.asset_forms import asset_form, detail_form
from api.rest.body import Body
from api.review_actions import request_review
from api.wiring import Service
from assets import library, messages
from assets.message_body import read_body
from assets.reading_again import read_again
from assets.rows import asset_detail, asset_rows
from assets.uploads import CompletedUpload, completed
from core.errors import InvalidInput
from storage.records.library import Asset

router = APIRouter(prefix="/api/v1/assets", tags=["assets"])
Opened = Annotated[Service, Depends(service)]
Reader = Annotated[SignedIn, Depends(require(Permission.READ_ASSETS))]
Editor = Annotated[SignedIn, Depends(require(Permission.EDIT_ASSETS))]

Number = Annotated[int, Path(ge=1, le=1_000_000)]


class AssetBody(Body):
    """A new asset: *upload_id* of a complete upload, or for a message its *body*."""

    kind: str
    title: str
    description: str = ""
    tags: list[str] = Field(default_factory=list)
    brand_id: str | None = None
    scenario: str | None = None
    upload_id: str | None = None
    body: dict[str, Any] | None = None
    note: str = ""


class VersionBody(Body):
    """A newer version; *locked_version* is the one that was read, here and below."""

    locked_version: int
    upload_id: str | None = None
    body: dict[str, Any] | None = None
    note: str = ""


class AssetChange(Body):
    """What changes; a field that is left out stays."""

    locked_version: int
    title: str = ""
    description: str = ""
    tags: list[str] = Field(default_factory=list)
    brand_id: str | None = None
    scenario: str | None = None
    owner_id: str | None = None


class SeenBody(Body):
    """An act on the asset that was read, with a note or reason where it wants one."""

    locked_version: int
    note: str = ""
    reason: str = ""


@router.get("/{asset_id}")
def get_asset(opened: Opened, person: Reader, asset_id: str) -> dict[str, Any]:
    """Return one asset; with versions, findings, reviews and history for who may see drafts."""
    today = today_of(opened)
    with opened.records.read() as session:
        row = seen_row(session, person.role, asset_id, today)
        if sight_of(person.role) != "drafts":
            return asset_form(row)
        return detail_form(asset_detail(session, asset_id, today=today))


@router.post("", status_code=201)
def post_asset(opened: Opened, person: Editor, body: AssetBody) -> dict[str, Any]:
    """Add an asset, a draft."""
    given = body.model_dump(exclude={"upload_id", "body", "kind", "scenario"})
    common = given | {"actor": actor_of(person), "clock": opened.clock, "ids": opened.ids}
    if body.kind == "message" and body.body is not None:
        message, scenario = read_body(body.body), body.scenario or ""
        with opened.records.write() as session:
            made = messages.create(session, body=message, scenario=scenario, **common)
        return _form(opened, made)
    upload = _upload(opened, person, body.upload_id)
    with opened.records.write() as session:
        made = library.create_asset(
            session, kind=body.kind, scenario=body.scenario, upload=upload, **common
        )
    return _form(opened, made)


@router.patch("/{asset_id}")
def patch_asset(opened: Opened, person: Editor, asset_id: str, body: AssetChange) -> dict[str, Any]:
    """Change what is said about an asset; an open review is void when that matters to it."""
    changes = body.model_dump(exclude_unset=True, exclude={"locked_version"})
    with opened.records.write() as session:
        asset = library.edit(
            session,
            asset_id,
            body.locked_version,
            actor=actor_of(person),
            clock=opened.clock,
            today=today_of(opened),
            **changes,
        )
    return _form(opened, asset)


@router.post("/{asset_id}/versions", status_code=201)
def post_version(
    opened: Opened, person: Editor, asset_id: str, body: VersionBody
) -> dict[str, Any]:
    """Add a newer version, a draft."""
    common: dict[str, Any] = {
        "actor": actor_of(person),
        "clock": opened.clock,
        "ids": opened.ids,
        "note": body.note,
    }
    seen = body.locked_version
    if body.body is not None:
        message = read_body(body.body)
        with opened.records.write() as session:
            asset = messages.add_version(session, asset_id, seen, message, **common)
        return _form(opened, asset)
    upload = _upload(opened, person, body.upload_id)
    with opened.records.write() as session:
        asset = library.add_version(session, asset_id, seen, upload=upload, **common)
    return _form(opened, asset)


@router.post("/{asset_id}/versions/{number}/read-again")
def post_read_again(
    opened: Opened, person: Editor, asset_id: str, number: Number
) -> dict[str, Any]:
    """Have a file read once more whose reading failed."""
    actor, clock = actor_of(person), opened.clock
    with opened.records.write() as session:
        asset = read_again(session, asset_id, number, actor=actor, clock=clock)
    return _form(opened, asset)


@router.post("/{asset_id}/request-review", status_code=201)
def post_request(opened: Opened, person: Editor, asset_id: str, body: SeenBody) -> dict[str, Any]:
    """Send the newest version to legal and compliance; 422 lists the words in the way."""
    review_id = request_review(opened, person, asset_id, body.locked_version, body.note)
    with opened.records.read() as session:
        row = seen_row(session, person.role, asset_id, today_of(opened))
    return asset_form(row) | {"review_id": review_id}


@router.post("/{asset_id}/recall")
def post_recall(opened: Opened, person: Editor, asset_id: str, body: SeenBody) -> dict[str, Any]:
    """Take a published asset out of use at once; needs a reason."""
    with opened.records.write() as session:
        asset = library.recall(
            session,
            asset_id,
            body.locked_version,
            actor=actor_of(person),
            reason=body.reason,
            clock=opened.clock,
        )
    return _form(opened, asset)


@router.post("/{asset_id}/restore")
def post_restore(opened: Opened, person: Editor, asset_id: str, body: SeenBody) -> dict[str, Any]:
    """Bring a recalled or archived asset back."""
    with opened.records.write() as session:
        asset = library.restore(
            session,
            asset_id,
            body.locked_version,
            actor=actor_of(person),
            clock=opened.clock,
            today=today_of(opened),
        )
    return _form(opened, asset)


@router.post("/{asset_id}/archive")
def post_archive(opened: Opened, person: Editor, asset_id: str, body: SeenBody) -> dict[str, Any]:
    """Put an asset away."""
    actor, clock = actor_of(person), opened.clock
    with opened.records.write() as session:
        asset = library.archive(session, asset_id, body.locked_version, actor=actor, clock=clock)
    return _form(opened, asset)


def _upload(opened: Service, person: SignedIn, upload_id: str | None) -> CompletedUpload:
    if not upload_id:
        raise InvalidInput("请先上传文件，再带上 upload_id；只有话术才写 body。", "upload_id")
    return completed(opened.records, upload_id, actor=actor_of(person))


def _form(opened: Service, asset: Asset) -> dict[str, Any]:
    with opened.records.read() as session:
        return asset_form(asset_rows(session, [asset.id], today=today_of(opened))[asset.id])
