"""/admin/accounts/tokens: make and revoke the tokens of programs."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.datastructures import FormData
from starlette.responses import HTMLResponse, RedirectResponse, Response

from api.auth.identity import SignedIn
from api.auth.token_admin import issue_token, revoke_token
from api.doors import checked_form, require_page, service, text_field
from api.pages.account_view import AccountForm, Secret
from api.pages.i18n import _
from api.pages.render import page
from api.permissions import Permission, Role
from api.wiring import Service
from core.errors import InvalidInput

router = APIRouter(prefix="/admin/accounts/tokens", include_in_schema=False)
Opened = Annotated[Service, Depends(service)]
Admin = Annotated[SignedIn, Depends(require_page(Permission.MANAGE_ACCOUNTS))]
Form = Annotated[FormData, Depends(checked_form)]


@router.get("/new")
def new_token_page(request: Request, opened: Opened, person: Admin) -> HTMLResponse:
    """Show an empty form."""
    return _form_page(request, opened, person, "", Role.RESEARCHER, {})


@router.post("/new")
def issue(request: Request, opened: Opened, person: Admin, form: Form) -> Response:
    """Make a token and show it, once."""
    name, role = text_field(form, "name"), text_field(form, "role")
    try:
        row, token = issue_token(opened.records, name, role, person, opened.clock, opened.ids)
    except InvalidInput as error:
        wrong = {error.field or "name": str(error)}
        return _form_page(request, opened, person, name, role, wrong, 422)
    advice = _("请存进“%(name)s”的配置里。它只显示这一次；丢了就撤销，再新建一个。", name=row.name)
    secret = Secret(_("令牌已新建"), advice, _("令牌"), token)
    return page(request, opened, person, "secret.html", room="accounts", secret=secret)


@router.post("/{token_id}/revoke")
def revoke(opened: Opened, person: Admin, _form: Form, token_id: str) -> Response:
    """End a token at once."""
    revoke_token(opened.records, token_id, person, opened.clock)
    return RedirectResponse("/admin/accounts?done=revoked", 303)


def _form_page(
    request: Request,
    opened: Service,
    person: SignedIn,
    name: str,
    role: str,
    errors: dict[str, str],
    status: int = 200,
) -> HTMLResponse:
    return page(
        request,
        opened,
        person,
        "token_form.html",
        room="accounts",
        status=status,
        name=name,
        role=role,
        roles=AccountForm().roles,
        errors=errors,
    )
