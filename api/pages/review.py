"""GET /reviews/{id}: may this go out? And the forms with which the two sides decide."""

from typing import Annotated, cast

from fastapi import APIRouter, Depends, Request
from starlette.datastructures import FormData
from starlette.responses import HTMLResponse, RedirectResponse, Response

from api import review_actions
from api.auth.identity import SignedIn
from api.doors import checked_form, require_page, service, text_field
from api.pages.form_fields import expected_version
from api.pages.i18n import _, translate
from api.pages.parts import Notice
from api.pages.render import page
from api.pages.review_page import review_page_view
from api.permissions import Permission
from api.wiring import Service
from assets.reviewing import Verdict
from assets.wording import DISCLAIMER
from core.errors import Conflict, InvalidInput, NotPermitted

router = APIRouter(include_in_schema=False)
Opened = Annotated[Service, Depends(service)]
Reader = Annotated[SignedIn, Depends(require_page(Permission.READ_REVIEWS))]
Decider = Annotated[SignedIn, Depends(require_page(Permission.DECIDE_REVIEWS))]
Editor = Annotated[SignedIn, Depends(require_page(Permission.EDIT_ASSETS))]
Form = Annotated[FormData, Depends(checked_form)]
_LONGEST_NUMBER = 15


@router.get("/reviews/{review_id}")
def review_page(
    request: Request, opened: Opened, person: Reader, review_id: str, done: str = ""
) -> HTMLResponse:
    """Show what is to be approved; *done* says what was done."""
    return _show(request, opened, person, review_id, _done(done))


@router.post("/reviews/{review_id}/decide")
def decide(
    request: Request, opened: Opened, person: Decider, form: Form, review_id: str
) -> Response:
    """Decide for the side of the person's role."""
    verdict, comment = text_field(form, "verdict"), text_field(form, "comment")
    try:
        state = review_actions.decide(
            opened, person, review_id, expected_version(form), cast(Verdict, verdict), comment
        )
    except (Conflict, InvalidInput, NotPermitted) as error:
        return _wrong(request, opened, person, review_id, error, comment)
    return RedirectResponse(f"/reviews/{review_id}?done={state}", 303)


@router.post("/reviews/{review_id}/waive")
def waive(
    request: Request, opened: Opened, person: Decider, form: Form, review_id: str
) -> Response:
    """Let one finding pass, with a reason."""
    number = text_field(form, "finding")
    good = number.isascii() and number.isdigit() and len(number) <= _LONGEST_NUMBER
    try:
        review_actions.waive(opened, person, int(number) if good else 0, text_field(form, "reason"))
    except (Conflict, InvalidInput, NotPermitted) as error:
        return _wrong(request, opened, person, review_id, error)
    return RedirectResponse(f"/reviews/{review_id}?done=waived#wording", 303)


@router.post("/reviews/{review_id}/withdraw")
def withdraw(
    request: Request, opened: Opened, person: Editor, form: Form, review_id: str
) -> Response:
    """Take the request back."""
    try:
        review_actions.withdraw(opened, person, review_id, expected_version(form))
    except (Conflict, InvalidInput) as error:
        return _wrong(request, opened, person, review_id, error)
    return RedirectResponse(f"/reviews/{review_id}?done=withdrawn", 303)


def _wrong(
    request: Request,
    opened: Service,
    person: SignedIn,
    review_id: str,
    error: Conflict | InvalidInput | NotPermitted,
    comment: str = "",
) -> HTMLResponse:
    if isinstance(error, Conflict):
        return _show(request, opened, person, review_id, Notice(str(error), "soon"), 409, comment)
    status = 403 if isinstance(error, NotPermitted) else 422
    return _show(request, opened, person, review_id, Notice(str(error), "bad"), status, comment)


def _show(
    request: Request,
    opened: Service,
    person: SignedIn,
    review_id: str,
    notice: Notice | None,
    status: int = 200,
    comment: str = "",
) -> HTMLResponse:
    return page(
        request,
        opened,
        person,
        "review.html",
        room="reviews",
        status=status,
        it=review_page_view(opened, person, review_id),
        notice=notice,
        comment=comment,
        disclaimer=translate(DISCLAIMER),
    )


def _done(what: str) -> Notice | None:
    words = {
        "open": _("已记下你的决定。另一方也通过后，自动发布。"),
        "approved": _("两方都已通过，内容已发布。"),
        "rejected": _("已退回，送审人会看到你写的意见。"),
        "waived": _("已放行这一处，理由会留在记录里。"),
        "withdrawn": _("已撤回送审。"),
    }
    return Notice(words[what]) if what in words else None
