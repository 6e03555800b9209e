"""The language of the pages. Chinese is the source: its texts are their own message ids.

A catalogue of another language is ``api/locale/<lang>/LC_MESSAGES/shengyu.po``, compiled in memory
when it is first asked for. Every text of a page, in a template or in Python, passes ``_``.
"""

from collections.abc import Mapping
from contextvars import ContextVar
from functools import cache
from gettext import NullTranslations
from io import BytesIO
from pathlib import Path
from typing import Final
from urllib.parse import quote

from babel.core import negotiate_locale
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

SOURCE_LANGUAGE: Final = "zh"
LANGUAGE_COOKIE: Final = "lang"
_DOMAIN: Final = "shengyu"
_CATALOGUES: Final = Path(__file__).parent.parent / "locale"

_spoken: ContextVar[tuple[str, NullTranslations] | None] = ContextVar("spoken", default=None)
_asked: ContextVar[str] = ContextVar("asked", default="/")


def _(message: str, /, **values: object) -> str:
    """Return *message* in the language of this request, with ``%(name)s`` filled from *values*."""
    text = _translations().gettext(message)
    return text % values if values else text


def language() -> str:
    """Return the code of the language of this request."""
    spoken = _spoken.get()
    return spoken[0] if spoken else SOURCE_LANGUAGE


def asked_path() -> str:
    """Return the path and query of this request, quoted so that it fits into another query."""
    return quote(_asked.get(), safe="/")


def translate(message: str) -> str:
    """Return *message* in the language of this request: what templates call ``_``."""
    # The catalogue of another language keeps its header under the empty text.
    return _translations().gettext(message) if message else ""


def translate_plural(one: str, many: str, count: int) -> str:
    """Return the form of a message that fits *count*: what templates call ``ngettext``."""
    return _translations().ngettext(one, many, count)


def pgettext(context: str, message: str) -> str:
    """Return *message* as it is said in *context*: one Chinese word that others say in two."""
    return _translations().pgettext(context, message)


def languages() -> list[str]:
    """Return every language that has a catalogue, the source first."""
    found = {path.parent.parent.name for path in _CATALOGUES.glob(f"*/LC_MESSAGES/{_DOMAIN}.po")}
    return [SOURCE_LANGUAGE, *sorted(found - {SOURCE_LANGUAGE})]


@cache
def catalogue(code: str) -> NullTranslations:
    """Return the translations of *code*; an unknown language speaks the source."""
    path = _CATALOGUES / code / "LC_MESSAGES" / f"{_DOMAIN}.po"
    if code == SOURCE_LANGUAGE or code not in languages():
        return NullTranslations()
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po
    from babel.support import Translations

    with path.open("rb") as source:
        compiled = BytesIO()
        write_mo(compiled, read_po(source, locale=code))
    compiled.seek(0)
    return Translations(compiled, _DOMAIN)


def chosen_language(cookies: Mapping[str, str], accepted: str) -> str:
    """Return the language a browser wants: its cookie's, else the best of *accepted*."""
    known = languages()
    wanted = cookies.get(LANGUAGE_COOKIE)
    if wanted in known:
        return wanted
    offered = [part.partition(";")[0].strip() for part in accepted.split(",")]
    return negotiate_locale(offered, known, sep="-") or SOURCE_LANGUAGE


class Speaking:
    """ASGI middleware: sets the language for everything that answers this request."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Set the language, answer, and take it back."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        code = chosen_language(request.cookies, request.headers.get("accept-language", ""))
        mark = _spoken.set((code, catalogue(code)))
        shown = request.url.path if request.method == "GET" else "/"
        asked = _asked.set(f"{shown}?{request.url.query}" if request.url.query else shown)
        try:
            await self._app(scope, receive, send)
        finally:
            _spoken.reset(mark)
            _asked.reset(asked)


def _translations() -> NullTranslations:
    spoken = _spoken.get()
    return spoken[1] if spoken else catalogue(SOURCE_LANGUAGE)
