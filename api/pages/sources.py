"""/admin/sources: where we collect from, and how each place is."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.datastructures import FormData
from starlette.responses import HTMLResponse, RedirectResponse, Response

from api.auth.identity import SignedIn
from api.doors import checked_form, require_page, service, text_field
from api.pages.i18n import _
from api.pages.parts import Notice
from api.pages.render import page
from api.pages.source_form import SourceForm, read_form
from api.pages.source_health import source_lines
from api.permissions import Permission
from api.wiring import Service
from core.errors import Conflict, InvalidInput, NotFound
from crawlers.sources import add_source, edit_source, run_now, set_enabled
from storage.records.watch import Source

router = APIRouter(prefix="/admin/sources", include_in_schema=False)
Opened = Annotated[Service, Depends(service)]
Reader = Annotated[SignedIn, Depends(require_page(Permission.READ_SOURCES))]
Editor = Annotated[SignedIn, Depends(require_page(Permission.EDIT_SOURCES))]
Form = Annotated[FormData, Depends(checked_form)]


@router.get("")
def sources_page(request: Request, opened: Opened, person: Reader, done: str = "") -> HTMLResponse:
    """List every source with its health."""
    words = {
        "added": _("来源已添加，马上开始第一次采集。"),
        "saved": _("来源已保存，马上按新的设置采集一次。"),
        "run": _("已排队，工作进程会马上采集。"),
        "paused": _("来源已停用，采到的内容都还在。"),
        "resumed": _("来源已启用。"),
    }
    return page(
        request,
        opened,
        person,
        "sources.html",
        room="sources",
        lines=source_lines(opened),
        may_edit=person.may(Permission.EDIT_SOURCES),
        notice=Notice(words[done]) if done in words else None,
    )


@router.get("/new")
def new_source_page(request: Request, opened: Opened, person: Editor) -> HTMLResponse:
    """Show an empty form."""
    return _form_page(request, opened, person, SourceForm())


@router.post("/new")
def add(request: Request, opened: Opened, person: Editor, form: Form) -> Response:
    """Add a source; a wrong form comes back as it was written."""
    given = read_form(form)
    try:
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
        return _form_page(request, opened, person, given.wrong(error), 422)
    return RedirectResponse("/admin/sources?done=added", 303)


@router.get("/{source_id}")
def source_page(request: Request, opened: Opened, person: Editor, source_id: str) -> HTMLResponse:
    """Show the form of one source."""
    return _form_page(request, opened, person, SourceForm.of(_source(opened, source_id)))


@router.post("/{source_id}")
def save(request: Request, opened: Opened, person: Editor, form: Form, source_id: str) -> Response:
    """Change a source; a wrong or stale form comes back as it was written."""
    given = read_form(form, source_id)
    try:
        with opened.records.write() as session:
            edit_source(
                session,
                source_id,
                given.version,
                given.checked(),
                opened.allow_list(),
                person.name,
                opened.clock,
            )
    except InvalidInput as error:
        return _form_page(request, opened, person, given.wrong(error), 422)
    except Conflict as error:
        current = _source(opened, source_id).version
        return _form_page(request, opened, person, given.stale(str(error), current), 409)
    return RedirectResponse("/admin/sources?done=saved", 303)


@router.post("/{source_id}/run")
def run(opened: Opened, person: Editor, _form: Form, source_id: str) -> Response:
    """Crawl a source at the worker's next look."""
    with opened.records.write() as session:
        run_now(session, source_id, person.name, opened.clock)
    return RedirectResponse("/admin/sources?done=run", 303)


@router.post("/{source_id}/enabled")
def enable(opened: Opened, person: Editor, form: Form, source_id: str) -> Response:
    """Pause a source or let it go on."""
    enabled = text_field(form, "enabled") == "on"
    version = text_field(form, "version")
    with opened.records.write() as session:
        set_enabled(
            session,
            source_id,
            int(version) if version.isdigit() else 0,
            enabled,
            person.name,
            opened.clock,
        )
    return RedirectResponse(f"/admin/sources?done={'resumed' if enabled else 'paused'}", 303)


def _source(opened: Service, source_id: str) -> Source:
    with opened.records.read() as session:
        source = session.get(Source, source_id)
    if source is None:
        raise NotFound(_("没有这个来源。"))
    return source


def _form_page(
    request: Request, opened: Service, person: SignedIn, form: SourceForm, status: int = 200
) -> HTMLResponse:
    return page(
        request, opened, person, "source_form.html", room="sources", status=status, source=form
    )
