"""Turns a template and its values into an answer."""

from functools import cache
from pathlib import Path
from typing import Any, Final

from fastapi import Request
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse

from api.auth.identity import SignedIn
from api.pages.assets import asset
from api.pages.frame import RoomName, bare_frame, full_frame
from api.pages.i18n import SOURCE_LANGUAGE, language, pgettext, translate, translate_plural
from api.pages.language import other_languages
from api.wiring import Service

TEMPLATES: Final = Path(__file__).parent.parent / "templates"
_LANGUAGE_TAGS: Final = {SOURCE_LANGUAGE: "zh-CN"}


@cache
def environment() -> Environment:
    """Return the templates, escaped always, strict about names, speaking through gettext."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    made.install_gettext_callables(  # type: ignore[attr-defined]
        translate, translate_plural, newstyle=True, pgettext=pgettext
    )
    made.globals["asset"] = asset
    made.globals["other_languages"] = other_languages
    made.filters["count"] = lambda number: f"{number:,}"
    return made


def page(
    request: Request,
    service: Service,
    person: SignedIn | None,
    template: str,
    *,
    room: RoomName = "",
    status: int = 200,
    **values: Any,
) -> HTMLResponse:
    """Render *template* for *person* (None: a page without the frame) as in *room*."""
    if person is None:
        frame = bare_frame(request, service)
    else:
        frame = full_frame(request, service, person, room)
    text = (
        environment()
        .get_template(template)
        .render(frame=frame, lang=_LANGUAGE_TAGS.get(language(), language()), **values)
    )
    return HTMLResponse(text, status)
