"""POST /assets/upload: a file by a plain form, for browsers without script.

``<form method="post" enctype="multipart/form-data" action="/assets/upload?csrf=TOKEN">`` with one
file field ``file``. Answers 303 to ``/assets/new?upload=ID``; the *for* of the address, which names
an asset that gets a new version, is handed on. The token stands in the address so that it is
checked before a byte of the body is read.
"""

from typing import Annotated, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.responses import RedirectResponse, Response

from api.auth.identity import SignedIn
from api.doors import CSRF_FIELD, require_page, service
from api.pages.i18n import _
from api.permissions import Permission
from api.wiring import Service
from assets.actor import Actor
from assets.uploads import MAX_SIZE, CompletedUpload, take_file
from core.errors import InvalidInput, NotPermitted

router = APIRouter(prefix="/assets", include_in_schema=False)
Opened = Annotated[Service, Depends(service)]
Editor = Annotated[SignedIn, Depends(require_page(Permission.EDIT_ASSETS))]
_MOST_FIELDS: Final = 10
_LONGEST_ID: Final = 80


@router.post("/upload")
async def upload_file(request: Request, opened: Opened, person: Editor) -> Response:
    """Check and keep the file, then lead to the page that asks what it is."""
    if request.query_params.get(CSRF_FIELD) != person.csrf_token:
        raise NotPermitted(_("表单已过期。请刷新页面后重试。"))
    # Starlette writes the file to a temporary one on disk as it comes.
    async with request.form(max_files=1, max_fields=_MOST_FIELDS) as form:
        sent = form.get("file")
        if not isinstance(sent, UploadFile) or not sent.filename:
            raise InvalidInput(_("请先选择一个文件。"), field="file")
        done = await run_in_threadpool(_take, opened, person, sent, sent.filename)
    told = {"upload": done.id, "for": request.query_params.get("for", "")[:_LONGEST_ID]}
    told = {name: value for name, value in told.items() if value}
    return RedirectResponse(f"/assets/new?{urlencode(told)}", 303)


def _take(opened: Service, person: SignedIn, sent: UploadFile, filename: str) -> CompletedUpload:
    return take_file(
        opened.records,
        opened.files,
        sent.file,
        actor=Actor(person.id, person.name, person.role),
        # Some old browsers send the whole path.
        filename=filename.rpartition("\\")[2],
        clock=opened.clock,
        ids=opened.ids,
        limit=MAX_SIZE,
    )
