"""GET /assets/{id}/certificate: who let this pass? And /certificates/check: is my copy the one?"""

import re
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import HTMLResponse

from api.auth.identity import SignedIn
from api.doors import require_page, service
from api.pages.certificate_view import CheckView, certificate_view, check_view
from api.pages.i18n import _
from api.pages.render import page
from api.permissions import Permission
from api.wiring import Service
from assets.wording import DISCLAIMER

router = APIRouter(include_in_schema=False)
Opened = Annotated[Service, Depends(service)]
Reader = Annotated[SignedIn, Depends(require_page(Permission.READ_ASSETS))]
_SHA256: Final = re.compile(r"[0-9a-f]{64}")


@router.get("/assets/{asset_id}/certificate")
def certificate_page(
    request: Request,
    opened: Opened,
    person: Reader,
    asset_id: str,
    version: Annotated[int | None, Query(ge=1, le=1_000_000)] = None,
) -> HTMLResponse:
    """Show, to be printed, who approved a version (the published one without *version*)."""
    return page(
        request,
        opened,
        person,
        "certificate.html",
        room="assets",
        it=certificate_view(opened, person, asset_id, version),
        disclaimer=DISCLAIMER,
    )


@router.get("/certificates/check")
def check_page(
    request: Request,
    opened: Opened,
    person: Reader,
    sha256: Annotated[str, Query(max_length=200)] = "",
) -> HTMLResponse:
    """Say whether a file is one that was approved, by its SHA-256; no file is sent for it."""
    asked = "".join(sha256.split()).lower()
    found = CheckView()
    if asked and not _SHA256.fullmatch(asked):
        wrong = _("SHA-256 是 64 个字符，只有 0 到 9 和 a 到 f。请重新复制，或直接选择文件。")
        found = CheckView(sha256.strip(), wrong)
    elif asked:
        found = check_view(opened, person, asked)
    status = 422 if found.error else 200
    return page(request, opened, person, "check.html", room="assets", status=status, check=found)
