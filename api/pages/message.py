"""GET /messages/{id}: what exactly may be said, where did it serve? And its forms."""

from typing import Annotated, Final

from fastapi import APIRouter, Depends, Request
from starlette.datastructures import FormData
from starlette.responses import RedirectResponse, Response

from api.auth.identity import SignedIn
from api.doors import checked_form, require_page, service
from api.pages.dialog_forms import DialogForms, refusal
from api.pages.form_fields import number_in
from api.pages.i18n import _, translate
from api.pages.library_actions import LIBRARY_ACTIONS, field_of
from api.pages.message_page import message_page_view
from api.pages.parts import Notice
from api.pages.render import page
from api.permissions import Permission
from api.wiring import Service
from assets.wording import DISCLAIMER
from core.errors import NotFound

router = APIRouter(prefix="/messages", include_in_schema=False)
Opened = Annotated[Service, Depends(service)]
Reader = Annotated[SignedIn, Depends(require_page(Permission.READ_ASSETS))]
Editor = Annotated[SignedIn, Depends(require_page(Permission.EDIT_ASSETS))]
Form = Annotated[FormData, Depends(checked_form)]
_HIDDEN: Final = frozenset({"csrf", "version"})


@router.get("/{message_id}")
def message_page(
    request: Request,
    opened: Opened,
    person: Reader,
    message_id: str,
    v: str = "",
    do: str = "",
    done: str = "",
) -> Response:
    """Show a message: version *v*, else the published one, else the newest."""
    return _show(request, opened, person, message_id, DialogForms(opened=do), _done(done), v)


@router.post("/{message_id}/{action}")
def act_on_message(
    request: Request, opened: Opened, person: Editor, form: Form, message_id: str, action: str
) -> Response:
    """Do it and show the message again; what is refused comes back with the reason."""
    doing = LIBRARY_ACTIONS.get(action)
    if doing is None:
        raise NotFound(_("没有这个操作。"))
    kept = {name: str(value) for name, value in form.items() if name not in _HIDDEN}
    no = refusal(lambda: doing(opened, person, message_id, form), action, kept, field_of)
    if no:
        return _show(request, opened, person, message_id, no.forms, no.notice, "", no.status)
    return RedirectResponse(f"/messages/{message_id}?done={action}", 303)


def _show(
    request: Request,
    opened: Service,
    person: SignedIn,
    message_id: str,
    forms: DialogForms,
    notice: Notice | None,
    version: str,
    status: int = 200,
) -> Response:
    return page(
        request,
        opened,
        person,
        "message.html",
        room="messages",
        status=status,
        it=message_page_view(opened, person, message_id, number_in(version)),
        forms=forms,
        notice=notice,
        disclaimer=translate(DISCLAIMER),
    )


def _done(action: str) -> Notice | None:
    words = {
        "new": _("已存为草稿。"),
        "saved": _("已保存。审核通过之前，已发布的版本照常使用。"),
        "submit": _("已送审，法务与合规会在“审核”里看到。"),
        "withdraw": _("已撤回送审。"),
        "recall": _("已召回，事件里不会再建议它。"),
        "archive": _("已归档。"),
        "restore": _("已恢复。"),
        "right": _("授权已添加。"),
        "right-removed": _("授权已删除。"),
        "evidence": _("证据已添加。"),
        "evidence-removed": _("证据已删除。"),
    }
    return Notice(words[action]) if action in words else None
