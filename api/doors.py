"""What every request passes: who is asking, may they, and is it really they who ask."""

from collections.abc import Callable
from typing import Annotated, cast

from fastapi import Depends, Request
from starlette.datastructures import FormData

from api.auth.accounts import session_user
from api.auth.identity import SignedIn
from api.auth.tokens import token_user
from api.permissions import Permission, demand
from api.wiring import Service
from core.errors import InvalidInput, NotPermitted, NotSignedIn

COOKIE = "shengyu_session"
CSRF_FIELD = "csrf"
CSRF_HEADER = "x-csrf-token"
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def service(request: Request) -> Service:
    """Return the opened workspace."""
    return cast(Service, request.app.state.service)


def signed_in(request: Request) -> SignedIn | None:
    """Return who asks: by bearer token, else by the session cookie; None when neither holds."""
    opened = service(request)
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return token_user(opened.records, token.strip(), opened.clock)
    cookie = request.cookies.get(COOKIE)
    return session_user(opened.records, cookie, opened.clock) if cookie else None


def page_user(request: Request) -> SignedIn:
    """Return the person of the session; raises ``NotSignedIn`` (pages turn it into /login)."""
    opened = service(request)
    cookie = request.cookies.get(COOKIE)
    person = session_user(opened.records, cookie, opened.clock) if cookie else None
    if person is None:
        raise NotSignedIn("请先登录。")
    return person


def api_user(request: Request) -> SignedIn:
    """Return who asks; a session must send its CSRF token with every change."""
    person = signed_in(request)
    if person is None:
        raise NotSignedIn("需要登录会话或 Authorization: Bearer 令牌。")
    sent = request.headers.get(CSRF_HEADER)
    changes = request.method not in _SAFE_METHODS
    if changes and person.csrf_token is not None and sent != person.csrf_token:
        raise NotPermitted(f"请求缺少有效的 {CSRF_HEADER} 头。请刷新页面后重试。")
    if person.must_change_password:
        raise NotPermitted("请先打开 /password，把一次性密码换成自己的密码。")
    return person


def require(permission: Permission | str) -> Callable[[SignedIn], SignedIn]:
    """Return a dependency for REST that demands *permission*."""
    needed = Permission(permission)

    def check(person: Annotated[SignedIn, Depends(api_user)]) -> SignedIn:
        demand(person.role, needed)
        return person

    return check


def require_page(permission: Permission | str) -> Callable[[SignedIn], SignedIn]:
    """Return a dependency for pages that demands a session and *permission*."""
    needed = Permission(permission)

    def check(person: Annotated[SignedIn, Depends(page_user)]) -> SignedIn:
        demand(person.role, needed)
        return person

    return check


async def checked_form(request: Request) -> FormData:
    """Parse a page's form; raises ``NotPermitted`` unless it carries the session's CSRF token.

    Use with ``require_page``: the person is looked up again here, so that no order of
    dependencies can leave the check out.
    """
    form = await request.form(max_files=0, max_fields=200)
    person = page_user(request)
    if form.get(CSRF_FIELD) != person.csrf_token:
        raise NotPermitted("表单已过期。请刷新页面后重试。")
    return form


def text_field(form: FormData, name: str, *, required: bool = False, limit: int = 10_000) -> str:
    """Return a form's text field, stripped. Raises ``InvalidInput`` when missing or too long."""
    value = form.get(name)
    text = value.strip() if isinstance(value, str) else ""
    if required and not text:
        raise InvalidInput("此项必填。", field=name)
    if len(text) > limit:
        raise InvalidInput(f"最多 {limit} 个字符。", field=name)
    return text
