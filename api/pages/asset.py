"""GET /assets/{id}: what is this, and may I use it? And the forms that change it."""

from collections.abc import Mapping
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Request
from starlette.datastructures import FormData
from starlette.responses import RedirectResponse, Response

from api.asset_sight import actor_of
from api.auth.identity import SignedIn
from api.doors import checked_form, require_page, service, text_field
from api.pages.asset_page import asset_page_view
from api.pages.asset_preview import Asked
from api.pages.dialog_forms import DialogForms, refusal
from api.pages.form_fields import number_in
from api.pages.i18n import _, translate
from api.pages.library_actions import LIBRARY_ACTIONS, Doing, field_of
from api.pages.parts import Notice
from api.pages.render import page
from api.permissions import Permission
from api.wiring import Service
from assets.reading_again import read_again
from assets.wording import DISCLAIMER
from core.errors import NotFound

router = APIRouter(include_in_schema=False)
Opened = Annotated[Service, Depends(service)]
Reader = Annotated[SignedIn, Depends(require_page(Permission.READ_ASSETS))]
Editor = Annotated[SignedIn, Depends(require_page(Permission.EDIT_ASSETS))]
Form = Annotated[FormData, Depends(checked_form)]
_HIDDEN: Final = frozenset({"csrf", "version"})


@router.get("/assets/{asset_id}")
def asset_page(
    request: Request, opened: Opened, person: Reader, asset_id: str, do: str = "", done: str = ""
) -> Response:
    """Show an asset. *do* opens the form of an action without script; *done* says what was done."""
    return show_asset(request, opened, person, asset_id, DialogForms(opened=do), _done(done), 200)


@router.post("/assets/{asset_id}/{action}")
def act_on_asset(
    request: Request, opened: Opened, person: Editor, form: Form, asset_id: str, action: str
) -> Response:
    """Do it and show the asset again; a stale or wrong form comes back with what was written."""
    doing = _ACTIONS.get(action)
    if doing is None:
        raise NotFound(_("没有这个操作。"))
    kept = {name: str(value) for name, value in form.items() if name not in _HIDDEN}
    no = refusal(lambda: doing(opened, person, asset_id, form), action, kept, field_of)
    if no:
        return show_asset(request, opened, person, asset_id, no.forms, no.notice, no.status)
    return RedirectResponse(f"/assets/{asset_id}?done={action}", 303)


def show_asset(
    request: Request,
    opened: Service,
    person: SignedIn,
    asset_id: str,
    forms: DialogForms,
    notice: Notice | None,
    status: int,
) -> Response:
    """Show the page of an asset; a message has its own."""
    view = asset_page_view(opened, person, asset_id, _asked(request))
    if view.row.kind == "message":
        return RedirectResponse(f"/messages/{asset_id}", 303)
    return page(
        request,
        opened,
        person,
        "asset.html",
        room="assets",
        status=status,
        it=view,
        forms=forms,
        notice=notice,
        disclaimer=translate(DISCLAIMER),
    )


def _asked(request: Request) -> Asked:
    params = request.query_params
    return Asked(
        version=number_in(params.get("v", "")) or 0,
        page=number_in(params.get("page", "")) or 1,
        q=params.get("q", "")[:400],
        channel=params.get("channel", ""),
        on=params.get("on", "")[:10],
    )


def _read_again(opened: Service, person: SignedIn, asset_id: str, form: FormData) -> None:
    number = number_in(text_field(form, "number")) or 0
    with opened.records.write() as session:
        read_again(session, asset_id, number, actor=actor_of(person), clock=opened.clock)


_ACTIONS: Final[Mapping[str, Doing]] = {**LIBRARY_ACTIONS, "read-again": _read_again}


def _done(action: str) -> Notice | None:
    words = {
        "new": _("已添加。系统正在读取文件，读完就能送审。"),
        "version": _("新版本已上传。审核通过之前，已发布的版本照常使用。"),
        "read-again": _("系统正在重新读取文件。"),
        "edit": _("已保存。"),
        "submit": _("已送审，法务与合规会在“审核”里看到。"),
        "recall": _("已召回，任何人都不能再下载使用。"),
        "archive": _("已归档。"),
        "restore": _("已恢复。"),
        "right": _("授权已添加。"),
        "right-removed": _("授权已删除。"),
        "evidence": _("证据已添加。"),
        "evidence-removed": _("证据已删除。"),
        "withdraw": _("已撤回送审。"),
    }
    return Notice(words[action]) if action in words else None
