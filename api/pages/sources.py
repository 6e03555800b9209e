"""/admin/sources: where we collect from, how each place is, and adding another."""

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.datastructures import FormData
from starlette.responses import HTMLResponse, RedirectResponse, Response

from api.auth.identity import SignedIn
from api.doors import checked_form, require_page, service
from api.pages.i18n import _
from api.pages.parts import Notice
from api.pages.render import page
from api.pages.source_form import SourceForm, empty_form, read_form
from api.pages.source_health import source_lines, summary
from api.pages.source_presets import preset_cards, read_preset
from api.pages.source_spool import spool_card
from api.pages.source_trial import TrialView, tried
from api.pages.source_words import kinds
from api.permissions import Permission
from api.wiring import Service
from core.errors import Busy, InvalidInput
from crawlers.sources import add_source

router = APIRouter(prefix="/admin/sources", include_in_schema=False)
Opened = Annotated[Service, Depends(service)]
Reader = Annotated[SignedIn, Depends(require_page(Permission.READ_SOURCES))]
Editor = Annotated[SignedIn, Depends(require_page(Permission.EDIT_SOURCES))]
Form = Annotated[FormData, Depends(checked_form)]


@router.get("")
def sources_page(request: Request, opened: Opened, person: Reader, done: str = "") -> HTMLResponse:
    """List every source with its health, and what waits to be ingested."""
    words = {
        "added": _("来源已添加，马上开始第一次采集。"),
        "saved": _("来源已保存，马上按新的设置采集一次。"),
        "run": _("已排队，工作进程会马上采集。"),
        "paused": _("来源已停用，采到的内容都还在。"),
        "resumed": _("来源已启用。"),
    }
    lines = source_lines(opened)
    return page(
        request,
        opened,
        person,
        "sources.html",
        room="sources",
        lines=lines,
        summary=summary(lines),
        spool=spool_card(opened),
        may_edit=person.may(Permission.EDIT_SOURCES),
        notice=Notice(words[done]) if done in words else None,
    )


@router.get("/new")
def new_source_page(
    request: Request, opened: Opened, person: Editor, kind: str = "", preset: str = ""
) -> HTMLResponse:
    """Let a person choose a kind or a ready-made source, then show its form."""
    if preset:
        asked = read_preset(preset, request.query_params)
        if asked.made is not None:
            return form_page(request, opened, person, SourceForm.filled(asked.made))
        return page(request, opened, person, "source_preset.html", room="sources", asked=asked)
    if any(kind == code for code, _name, _when in kinds()):
        return form_page(request, opened, person, empty_form(kind))
    return page(
        request,
        opened,
        person,
        "source_choice.html",
        room="sources",
        kinds=kinds(),
        presets=preset_cards(),
    )


@router.post("/new")
def add(request: Request, opened: Opened, person: Editor, form: Form) -> Response:
    """Add a source, or only try it; a wrong form comes back as it was written."""
    given = read_form(form)
    try:
        if form.get("try"):
            trial = tried(request, opened, given)
            return form_page(request, opened, person, given, trial=trial)
        with opened.records.write() as session:
            add_source(
                session,
                given.checked(),
                opened.allow_list(),
                person.name,
                opened.clock,
                opened.ids,
            )
    except InvalidInput as error:
        return form_page(request, opened, person, given.wrong(error), 422)
    except Busy as error:
        return form_page(request, opened, person, replace(given, notice=str(error)), 503)
    return RedirectResponse("/admin/sources?done=added", 303)


def form_page(
    request: Request,
    opened: Service,
    person: SignedIn,
    form: SourceForm,
    status: int = 200,
    trial: TrialView | None = None,
) -> HTMLResponse:
    """Show the form of a source that is not there yet, and what its trial found."""
    return page(
        request,
        opened,
        person,
        "source_new.html",
        room="sources",
        status=status,
        source=form,
        trial=trial,
    )
