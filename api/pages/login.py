"""/login, /logout and /password: who are you?"""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.datastructures import FormData
from starlette.responses import HTMLResponse, RedirectResponse, Response

from api.auth.accounts import SESSION_LIFE, change_password, sign_in, sign_out
from api.auth.identity import SignedIn
from api.auth.passwords import MIN_LENGTH
from api.doors import COOKIE, checked_form, page_user, service, text_field
from api.pages.following import safe_next
from api.pages.i18n import _
from api.pages.render import page
from api.wiring import Service
from core.errors import InvalidInput, NotSignedIn

router = APIRouter(include_in_schema=False)
Opened = Annotated[Service, Depends(service)]
Person = Annotated[SignedIn, Depends(page_user)]


@router.get("/login")
def login_page(request: Request, opened: Opened) -> HTMLResponse:
    """Ask for name and password."""
    return _login(request, opened, "", "", 200, safe_next(request.query_params.get("next")))


@router.post("/login")
async def login(request: Request, opened: Opened) -> Response:
    """Sign in and go where the person wanted to."""
    from starlette.concurrency import run_in_threadpool

    # Nobody is signed in yet, so there is no token to check: Guarded refuses other sites' forms.
    form = await request.form(max_files=0, max_fields=10)
    # Hashing takes tens of milliseconds, which must not stop the loop.
    return await run_in_threadpool(_sign_in, request, opened, form)


@router.post("/logout")
def logout(
    request: Request, opened: Opened, _form: Annotated[FormData, Depends(checked_form)]
) -> Response:
    """End the session."""
    sign_out(opened.records, request.cookies.get(COOKIE, ""))
    response = RedirectResponse("/login", 303)
    response.delete_cookie(COOKIE, httponly=True, samesite="lax")
    return response


@router.get("/password")
def password_page(request: Request, opened: Opened, person: Person) -> HTMLResponse:
    """Ask for a new password; after the printed one this is the first page."""
    return _password(request, opened, person, {})


@router.post("/password")
def password(
    request: Request,
    opened: Opened,
    person: Person,
    form: Annotated[FormData, Depends(checked_form)],
) -> Response:
    """Change the password."""
    current, new = _secret(form, "current"), _secret(form, "password")
    try:
        if new != _secret(form, "again"):
            raise InvalidInput(_("两次输入的新密码不一样。"), field="again")
        kept = request.cookies.get(COOKIE, "")
        change_password(opened.records, person.id or "", current, new, keep=kept)
    except InvalidInput as error:
        return _password(request, opened, person, {error.field or "current": str(error)}, 422)
    return RedirectResponse("/", 303)


def _sign_in(request: Request, opened: Service, form: FormData) -> Response:
    username, following = text_field(form, "username"), safe_next(text_field(form, "next"))
    try:
        cookie, _session = sign_in(
            opened.records,
            username,
            _secret(form, "password"),
            opened.clock,
            opened.ids,
            address=request.client.host if request.client else "",
        )
    except NotSignedIn as error:
        return _login(request, opened, username[:200], str(error), 401, following)
    response = RedirectResponse(following, 303)
    response.set_cookie(
        COOKIE,
        cookie,
        max_age=int(SESSION_LIFE.total_seconds()),
        httponly=True,
        samesite="lax",
        secure=opened.settings.base_url.startswith("https://"),
    )
    return response


def _secret(form: FormData, name: str) -> str:
    """A password keeps the spaces at its ends."""
    value = form.get(name)
    return value if isinstance(value, str) else ""


def _login(
    request: Request, opened: Service, username: str, fault: str, status: int, following: str
) -> HTMLResponse:
    return page(
        request,
        opened,
        None,
        "login.html",
        status=status,
        username=username,
        fault=fault,
        following=following,
        is_sample=opened.workspace.is_sample,
    )


def _password(
    request: Request,
    opened: Service,
    person: SignedIn,
    errors: dict[str, str],
    status: int = 200,
) -> HTMLResponse:
    return page(
        request,
        opened,
        None,
        "password.html",
        status=status,
        errors=errors,
        first=person.must_change_password,
        csrf=person.csrf_token,
        least=MIN_LENGTH,
    )
