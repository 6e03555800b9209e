"""Choosing the language of the pages: kept in a cookie, for people who are not signed in too."""

from dataclasses import dataclass
from typing import Final

from babel import Locale
from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from api.pages.following import safe_next
from api.pages.i18n import LANGUAGE_COOKIE, _, asked_path, language, languages
from core.errors import NotFound

router = APIRouter(include_in_schema=False)
_YEAR_S: Final = 365 * 24 * 3600


@dataclass(frozen=True)
class LanguageChoice:
    """A language that the page is not shown in: its own name, and where a click chooses it."""

    code: str
    name: str
    href: str


def other_languages() -> list[LanguageChoice]:
    """Return the languages that this page could be shown in instead."""
    return [
        LanguageChoice(code, _own_name(code), f"/language/{code}?next={asked_path()}")
        for code in languages()
        if code != language()
    ]


@router.get("/language/{code}")
def choose(request: Request, code: str) -> Response:
    """Remember the language and go back to the page. It changes nothing but this browser."""
    if code not in languages():
        raise NotFound(_("没有这种语言的页面。"))
    answer = RedirectResponse(safe_next(request.query_params.get("next")), 303)
    answer.set_cookie(LANGUAGE_COOKIE, code, max_age=_YEAR_S, samesite="lax")
    return answer


def _own_name(code: str) -> str:
    name = Locale.parse(code).get_display_name(code)
    return name[:1].upper() + name[1:] if name else code
