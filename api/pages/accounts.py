"""/admin/accounts: who may come in, and the programs that hold a token."""

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.datastructures import FormData
from starlette.responses import HTMLResponse, RedirectResponse, Response

from api.auth.account_admin import add_account, edit_account, reset_password, set_disabled
from api.auth.account_rows import account_row, account_rows
from api.auth.identity import SignedIn
from api.auth.token_admin import tokens
from api.doors import checked_form, require_page, service, text_field
from api.pages.account_view import AccountForm, Secret, account_lines, form_of, token_lines
from api.pages.i18n import _
from api.pages.parts import Notice
from api.pages.render import page
from api.pages.times import Times
from api.permissions import Permission
from api.wiring import Service
from core.errors import InvalidInput

router = APIRouter(prefix="/admin/accounts", include_in_schema=False)
Opened = Annotated[Service, Depends(service)]
Admin = Annotated[SignedIn, Depends(require_page(Permission.MANAGE_ACCOUNTS))]
Form = Annotated[FormData, Depends(checked_form)]


@router.get("")
def accounts_page(request: Request, opened: Opened, person: Admin, done: str = "") -> HTMLResponse:
    """List people and programs."""
    words = {
        "saved": _("账号已保存。"),
        "disabled": _("账号已停用，他的登录已全部结束。"),
        "enabled": _("账号已启用，可以用原来的密码登录。"),
        "revoked": _("令牌已撤销，从现在起不能再用。"),
    }
    with opened.records.read() as session:
        rows, programs = account_rows(session), tokens(session)
    times = Times(opened.clock.now(), opened.zone)
    return page(
        request,
        opened,
        person,
        "accounts.html",
        room="accounts",
        lines=account_lines(rows, person.id, times),
        programs=token_lines(programs, times),
        notice=Notice(words[done]) if done in words else None,
    )


@router.get("/new")
def new_account_page(request: Request, opened: Opened, person: Admin) -> HTMLResponse:
    """Show an empty form."""
    return _form_page(request, opened, person, AccountForm())


@router.post("/new")
def add(request: Request, opened: Opened, person: Admin, form: Form) -> Response:
    """Add a person and show the one-time password; a wrong form comes back as it was written."""
    given = _read(form)
    try:
        _user_id, password = add_account(
            opened.records, given.username, given.person, person, opened.clock, opened.ids
        )
    except InvalidInput as error:
        return _form_page(request, opened, person, replace(given, errors=given.wrong(error)), 422)
    return _password_page(request, opened, person, _("账号已添加"), given.display_name, password)


@router.get("/{user_id}")
def account_page(request: Request, opened: Opened, person: Admin, user_id: str) -> HTMLResponse:
    """Show the form of one person."""
    return _form_page(request, opened, person, _stored(opened, person, user_id))


@router.post("/{user_id}")
def save(request: Request, opened: Opened, person: Admin, form: Form, user_id: str) -> Response:
    """Change name, role and address."""
    stored, sent = _stored(opened, person, user_id), _read(form)
    given = replace(
        stored, display_name=sent.display_name, role=sent.role or stored.role, email=sent.email
    )
    try:
        edit_account(opened.records, user_id, given.person, person, opened.clock)
    except InvalidInput as error:
        return _form_page(request, opened, person, replace(given, errors=given.wrong(error)), 422)
    return RedirectResponse("/admin/accounts?done=saved", 303)


@router.post("/{user_id}/password")
def reset(request: Request, opened: Opened, person: Admin, _form: Form, user_id: str) -> Response:
    """Give a one-time password and show it, once."""
    stored = _stored(opened, person, user_id)
    try:
        password = reset_password(opened.records, user_id, person, opened.clock)
    except InvalidInput as error:
        return _form_page(request, opened, person, replace(stored, notice=str(error)), 422)
    return _password_page(request, opened, person, _("密码已重置"), stored.display_name, password)


@router.post("/{user_id}/disabled")
def disable(request: Request, opened: Opened, person: Admin, form: Form, user_id: str) -> Response:
    """Disable a person, or enable them again."""
    off = text_field(form, "disabled") == "on"
    try:
        set_disabled(opened.records, user_id, off, person, opened.clock)
    except InvalidInput as error:
        stored = replace(_stored(opened, person, user_id), notice=str(error))
        return _form_page(request, opened, person, stored, 422)
    return RedirectResponse(f"/admin/accounts?done={'disabled' if off else 'enabled'}", 303)


def _stored(opened: Service, person: SignedIn, user_id: str) -> AccountForm:
    with opened.records.read() as session:
        return form_of(account_row(session, user_id), is_me=user_id == person.id)


def _read(form: FormData) -> AccountForm:
    return AccountForm(
        username=text_field(form, "username"),
        display_name=text_field(form, "display_name"),
        role=text_field(form, "role"),
        email=text_field(form, "email"),
    )


def _form_page(
    request: Request, opened: Service, person: SignedIn, form: AccountForm, status: int = 200
) -> HTMLResponse:
    return page(
        request, opened, person, "account_form.html", room="accounts", status=status, account=form
    )


def _password_page(
    request: Request, opened: Service, person: SignedIn, title: str, name: str, password: str
) -> HTMLResponse:
    """The answer itself carries the password: it must stand in no address and no store."""
    advice = _(
        "请把它当面或用安全的方式交给%(name)s。它只显示这一次，登录后要先换成自己的密码。",
        name=name,
    )
    secret = Secret(title, advice, _("一次性密码"), password)
    return page(request, opened, person, "secret.html", room="accounts", secret=secret)
