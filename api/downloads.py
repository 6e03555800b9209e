"""Files and pictures of assets, for pages (session) and programs (token) alike.

An original is only ever an attachment behind a link of a few minutes; what is shown inline is a
picture that was made here.
"""

from typing import Annotated, Final

from fastapi import APIRouter, Depends, Path, Query
from fastapi.responses import RedirectResponse, Response
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.requests import Request

from api.asset_sight import actor_of, seen_row, sight_of, today_of
from api.auth.identity import SignedIn
from api.doors import require, require_page, service
from api.permissions import Permission
from api.wiring import Service
from assets.availability import blocks
from assets.filenames import download_name
from assets.row_shapes import AssetRow
from assets.trail import tell
from core.errors import NotFound, NotPermitted
from storage.objects import LONGEST_GET_S, blob_key
from storage.records.library import Asset, AssetVersion, Evidence, Rendition, UsageRight

# A browser asks again each time, so that what was recalled meanwhile is not shown from its cache.
_CACHING: Final = "private, no-cache"
_PICTURE: Final = "image/webp"  # all pictures are made here, and nothing else is ever shown inline

rest_router = APIRouter(prefix="/api/v1/assets", tags=["assets"])
page_router = APIRouter(prefix="/assets", include_in_schema=False)
Opened = Annotated[Service, Depends(service)]
Reader = Annotated[SignedIn, Depends(require(Permission.READ_ASSETS))]
Viewer = Annotated[SignedIn, Depends(require_page(Permission.READ_ASSETS))]
Number = Annotated[int, Path(ge=1, le=1_000_000)]
Wanted = Annotated[int | None, Query(ge=1, le=1_000_000, description="Number of the version")]
Channel = Annotated[str | None, Query(max_length=40, description="Where it will be used")]


@rest_router.get("/{asset_id}/download", status_code=302, response_class=RedirectResponse)
def get_file(
    opened: Opened, person: Reader, asset_id: str, channel: Channel = None
) -> RedirectResponse:
    """Redirect to the file for five minutes; 403 says what stands in the way of using it."""
    return _download(opened, person, asset_id, None, channel)


@rest_router.get(
    "/{asset_id}/versions/{number}/download", status_code=302, response_class=RedirectResponse
)
def get_file_of_version(
    opened: Opened, person: Reader, asset_id: str, number: Number, channel: Channel = None
) -> RedirectResponse:
    """Redirect to the file of one version, which outsiders have of the published one only."""
    return _download(opened, person, asset_id, number, channel)


@rest_router.get("/{asset_id}/renditions/{name}", response_class=Response)
def get_picture(
    request: Request,
    opened: Opened,
    person: Reader,
    asset_id: str,
    name: str,
    version: Wanted = None,
) -> Response:
    """Return a picture (webp) of an asset: thumb, preview or page-N."""
    return _picture(request, opened, person, asset_id, name, version)


@page_router.get("/{asset_id}/download")
def page_file(
    opened: Opened, person: Viewer, asset_id: str, channel: Channel = None
) -> RedirectResponse:
    """Download from a page."""
    return _download(opened, person, asset_id, None, channel)


@page_router.get("/{asset_id}/versions/{number}/download")
def page_file_of_version(
    opened: Opened, person: Viewer, asset_id: str, number: Number, channel: Channel = None
) -> RedirectResponse:
    """Download one version from a page."""
    return _download(opened, person, asset_id, number, channel)


@page_router.get("/{asset_id}/renditions/{name}")
def page_picture(
    request: Request,
    opened: Opened,
    person: Viewer,
    asset_id: str,
    name: str,
    version: Wanted = None,
) -> Response:
    """Show a picture on a page."""
    return _picture(request, opened, person, asset_id, name, version)


def _download(
    opened: Service, person: SignedIn, asset_id: str, number: int | None, channel: str | None
) -> RedirectResponse:
    # One transaction: what is recalled meanwhile is not handed out, and nothing goes untold.
    with opened.records.write() as session:
        row = seen_row(session, person.role, asset_id, today_of(opened))
        version = _version(session, person, row, number)
        _demand_usable(session, opened, person, row, channel)
        url = _link(opened, version, row.title)
        told = {"number": version.number, "channel": channel}
        asset = session.get_one(Asset, asset_id)
        tell(session, opened.clock.now(), actor_of(person), "asset.downloaded", asset, **told)
    return RedirectResponse(url, 302)


def _link(opened: Service, version: AssetVersion, title: str) -> str:
    if version.sha256 is None:
        raise NotFound("话术没有文件，请直接复制正文。")
    name = download_name(version.filename, title)
    media_type = version.media_type or "application/octet-stream"
    return opened.files.sign_get(blob_key(version.sha256), LONGEST_GET_S, name, media_type)


def _demand_usable(
    session: Session, opened: Service, person: SignedIn, row: AssetRow, channel: str | None
) -> None:
    """Whoever sees drafts gets every file but a recalled one, unless a channel is named."""
    sees_all = channel is None and sight_of(person.role) == "drafts"
    if sees_all and row.state != "recalled":
        return
    rights = session.scalars(select(UsageRight).where(UsageRight.asset_id == row.id)).all()
    evidence = session.scalars(select(Evidence).where(Evidence.asset_id == row.id)).all()
    reasons = blocks(
        row.state,
        rights,
        evidence,
        today=today_of(opened),
        channel=channel,
        recall_reason=row.recall_reason,
    )
    if reasons:
        raise NotPermitted("现在不能使用：" + "；".join(each.sentence for each in reasons) + "。")


def _version(session: Session, person: SignedIn, row: AssetRow, number: int | None) -> AssetVersion:
    wanted = row.version if number is None else number
    version = session.scalars(
        select(AssetVersion).where(AssetVersion.asset_id == row.id, AssetVersion.number == wanted)
    ).first()
    hidden = version is not None and version.id != row.version_id
    if version is None or (hidden and sight_of(person.role) != "drafts"):
        raise NotFound("没有这个版本，请回到资产页面。")
    return version


def _picture(
    request: Request,
    opened: Service,
    person: SignedIn,
    asset_id: str,
    name: str,
    number: int | None,
) -> Response:
    with opened.records.read() as session:
        row = seen_row(session, person.role, asset_id, today_of(opened))
        version = _version(session, person, row, number)
        picture = session.get(Rendition, (version.id, name))
    if picture is None:
        raise NotFound("没有这张图片。")
    tag = f'"{version.id}-{picture.name}"'
    headers = {"cache-control": _CACHING, "etag": tag, "x-content-type-options": "nosniff"}
    if tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    with opened.files.open(picture.object_key) as reader:
        return Response(reader.read(), media_type=_PICTURE, headers=headers)
