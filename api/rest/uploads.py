"""Uploads by REST: ask, send the parts, complete.

1. ``POST /api/v1/uploads`` ``{"name": "手册.pdf", "size": 40000000, "sha256": "…"}`` (the hash may
   be left out) → 201 and a plan::

       {"id": "upload_…", "state": "open", "part_size": 16777216,
        "expires_at": "2026-01-02T00:00:00.000Z",
        "parts": [{"number": 1, "offset": 0, "size": 16777216, "method": "PUT",
                   "url": "/objects/…?…", "fields": {}, "received": false}, …]}

2. For each part that is not ``received``: send the bytes ``[offset : offset + size]`` of the file
   as the body of ``method`` to ``url``, which may be relative to the site or, where files are kept
   on an S3 server, an address of that server; any 2xx is success. With ``fields``, as S3 wants it,
   the request is a form (``multipart/form-data``) of all of them and, last, the bytes as ``file``.
   No token, cookie or header is needed. A part that was cut off counts as not sent; send it whole
   again.
3. After a cut, or when a URL has expired (403, after an hour): ``GET /api/v1/uploads/{id}`` gives
   the same plan with fresh URLs and what is in. For one that is complete: ``{"id", "state":
   "complete", "sha256", "size", "media_type", "name", "kind"}``.
4. ``POST /api/v1/uploads/{id}/complete`` without a body → 200 and that last form; *kind* is the
   kind of asset that such a file usually is. May be called again. 422 with ``detail`` and
   ``field``: ``parts`` when parts are missing (go on with 3), else the file is refused for good.
   409: a part was sent again meanwhile, call again.
"""

from typing import Annotated, Any

from fastapi import APIRouter, Depends
from pydantic import Field

from api.auth.identity import SignedIn
from api.doors import require, service
from api.permissions import Permission
from api.rest.body import Body
from api.wiring import Service
from assets import uploads
from assets.actor import Actor
from assets.sniffing import type_of
from core.clock import isoformat
from core.errors import Conflict

router = APIRouter(prefix="/api/v1/uploads", tags=["uploads"])
Opened = Annotated[Service, Depends(service)]
Editor = Annotated[SignedIn, Depends(require(Permission.EDIT_ASSETS))]


class UploadBody(Body):
    """A file that is about to be sent; *size* in bytes, *sha256* in hex."""

    name: str = Field(max_length=1000)
    size: int
    sha256: str | None = Field(default=None, max_length=100)


@router.post("", status_code=201)
def post_upload(opened: Opened, person: Editor, body: UploadBody) -> dict[str, Any]:
    """Open an upload and say where its parts go."""
    return plan_form(
        uploads.begin(
            opened.records,
            opened.files,
            actor=actor_of(person),
            filename=body.name,
            size=body.size,
            sha256=body.sha256,
            clock=opened.clock,
            ids=opened.ids,
        )
    )


@router.get("/{upload_id}")
def get_upload(opened: Opened, person: Editor, upload_id: str) -> dict[str, Any]:
    """Say which parts are in, with fresh URLs, or what the complete upload gave."""
    actor = actor_of(person)
    try:
        plan = uploads.status(
            opened.records, opened.files, upload_id, actor=actor, clock=opened.clock
        )
    except Conflict:
        return completed_form(uploads.completed(opened.records, upload_id, actor=actor))
    return plan_form(plan)


@router.post("/{upload_id}/complete")
def post_complete(opened: Opened, person: Editor, upload_id: str) -> dict[str, Any]:
    """Check the file and keep it; it may then become an asset."""
    done = uploads.complete(
        opened.records,
        opened.files,
        upload_id,
        actor=actor_of(person),
        clock=opened.clock,
        ids=opened.ids,
    )
    return completed_form(done)


def actor_of(person: SignedIn) -> Actor:
    """Return who asks as the library knows them."""
    return Actor(person.id, person.name, person.role)


def plan_form(plan: uploads.UploadPlan) -> dict[str, Any]:
    """Return an open upload as it leaves by REST."""
    return {
        "id": plan.id,
        "state": "open",
        "part_size": plan.part_size,
        "expires_at": isoformat(plan.expires_at),
        "parts": [
            {
                "number": part.number,
                "offset": part.offset,
                "size": part.size,
                "method": part.method,
                "url": part.url,
                "fields": dict(part.fields),
                "received": part.received,
            }
            for part in plan.parts
        ],
    }


def completed_form(done: uploads.CompletedUpload) -> dict[str, Any]:
    """Return a complete upload as it leaves by REST."""
    return {
        "id": done.id,
        "state": "complete",
        "sha256": done.sha256,
        "size": done.size,
        "media_type": done.media_type,
        "name": done.filename,
        "kind": type_of(done.media_type).kind,
    }
