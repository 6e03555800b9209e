"""GET /cases/{id}: what do I do now? And the forms that do it."""

from typing import Annotated, cast

from fastapi import APIRouter, Depends, Request
from starlette.datastructures import FormData
from starlette.responses import HTMLResponse, RedirectResponse, Response

from alerts.links import verify_acknowledge_token
from alerts.queries import case_detail
from alerts.states import TRANSITIONS, Action
from api.auth.identity import SignedIn
from api.case_actions import act
from api.doors import checked_form, require_page, service, text_field
from api.message_uses import use_message
from api.pages.case_answers import answers_view, given_use
from api.pages.case_page import case_page_view
from api.pages.case_view import clock_name
from api.pages.dialog_forms import DialogForms, refusal
from api.pages.form_fields import expected_version
from api.pages.i18n import _, translate
from api.pages.parts import Notice
from api.pages.render import page
from api.pages.times import Times
from api.permissions import Permission
from api.wiring import Service
from core.errors import Conflict, InvalidInput, NotFound

router = APIRouter(include_in_schema=False)
Opened = Annotated[Service, Depends(service)]
Reader = Annotated[SignedIn, Depends(require_page(Permission.READ_CASES))]
Handler = Annotated[SignedIn, Depends(require_page(Permission.ACT_ON_CASES))]
_FIELDS = ("text", "to", "cause", "outcome", "lesson", "reason")


@router.get("/cases/{case_id}")
def case_page(
    request: Request, opened: Opened, person: Reader, case_id: str, do: str = "", done: str = ""
) -> HTMLResponse:
    """Show a case. *do* opens the form of an action without script; *done* says what was done.

    ``used`` and ``copied`` in the query tell of a message that was used a moment ago.
    """
    forms = DialogForms(opened=do)
    return _show(request, opened, person, case_id, forms, _done(done), 200)


@router.post("/cases/{case_id}/uses")
def use_a_message(
    request: Request,
    opened: Opened,
    person: Handler,
    form: Annotated[FormData, Depends(checked_form)],
    case_id: str,
) -> Response:
    """Record that a message was used; what may not be used comes back with the reason."""
    try:
        made = use_message(opened, person, case_id, given_use(form))
    except Conflict as error:
        notice = Notice(str(error), "soon")
        return _show(request, opened, person, case_id, DialogForms(), notice, 409)
    except InvalidInput as error:
        notice = Notice(str(error), "bad")
        return _show(request, opened, person, case_id, DialogForms(), notice, 422)
    copied = "&copied=1" if text_field(form, "copied") else ""
    return RedirectResponse(f"/cases/{case_id}?used={made.id}{copied}", 303)


@router.post("/cases/{case_id}/{action}")
def act_on_case(
    request: Request,
    opened: Opened,
    person: Handler,
    form: Annotated[FormData, Depends(checked_form)],
    case_id: str,
    action: str,
) -> Response:
    """Do it and show the case again; a stale or wrong form comes back with what was written."""
    if action not in TRANSITIONS:
        raise NotFound(_("没有这个操作。"))
    fields = {name: text_field(form, name) for name in _FIELDS}

    def do_it() -> None:
        act(opened, person, case_id, cast(Action, action), expected_version(form), fields)

    no = refusal(do_it, action, fields, _field_of)
    if no:
        return _show(request, opened, person, case_id, no.forms, no.notice, no.status)
    return RedirectResponse(f"/cases/{case_id}?done={action}", 303)


@router.get("/cases/{case_id}/acknowledge")
def acknowledge_page(
    request: Request, opened: Opened, person: Handler, case_id: str, k: str = ""
) -> HTMLResponse:
    """Ask to confirm what a mail's link offers. The link alone changes nothing."""
    with opened.records.read() as session:
        detail = case_detail(session, case_id, translate)
    fault = ""
    try:
        verify_acknowledge_token(opened.secret, case_id, k, opened.clock.now())
    except InvalidInput as error:
        fault = str(error)
    row, times = detail.row, Times(opened.clock.now(), opened.zone)
    return page(
        request,
        opened,
        person,
        "acknowledge.html",
        room="cases",
        status=422 if fault else 200,
        row=row,
        text=detail.text,
        fault=fault,
        can_take=not fault and row.acknowledged_at is None and "take" in detail.actions,
        clock=times.countdown(row.detected_at, row.deadline) if row.deadline else None,
        clock_name=clock_name(row),
    )


def _field_of(_action: str, error: InvalidInput) -> str:
    return "to" if error.field == "to_user_id" else error.field or ""


def _show(
    request: Request,
    opened: Service,
    person: SignedIn,
    case_id: str,
    forms: DialogForms,
    notice: Notice | None,
    status: int,
) -> HTMLResponse:
    view = case_page_view(opened, person, case_id, forms)
    asked = request.query_params
    answers = answers_view(
        opened, person, view.row, asked.get("used", ""), asked.get("copied") == "1"
    )
    return page(
        request,
        opened,
        person,
        "case.html",
        room="cases",
        status=status,
        case=view,
        answers=answers,
        forms=forms,
        notice=notice,
    )


def _done(action: str) -> Notice | None:
    words = {
        "acknowledge": _("已确认收到，首次响应计时结束。"),
        "take": _("已由你负责。"),
        "assign": _("已转交，并通知了对方。"),
        "respond": _("已开始回应。"),
        "note": _("已记下。"),
        "resolve": _("已办结。"),
        "dismiss": _("已排除。"),
        "reopen": _("已重新打开，时限从原来的时间继续计算。"),
    }
    return Notice(words[action]) if action in words else None
