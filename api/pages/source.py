"""/admin/sources/{id}: how one source is, its visits, and its settings."""

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.datastructures import FormData
from starlette.responses import HTMLResponse, RedirectResponse, Response

from api.auth.identity import SignedIn
from api.doors import checked_form, require_page, service, text_field
from api.pages.i18n import _
from api.pages.parts import Notice, Tab
from api.pages.render import page
from api.pages.source_form import SourceForm, read_form
from api.pages.source_health import source_detail
from api.pages.source_trial import TrialView, tried
from api.pages.times import Times
from api.permissions import Permission
from api.wiring import Service
from core.errors import Busy, Conflict, InvalidInput, NotFound
from crawlers.sources import edit_source, run_now, set_enabled
from storage.records.watch import Source

router = APIRouter(prefix="/admin/sources", include_in_schema=False)
Opened = Annotated[Service, Depends(service)]
Reader = Annotated[SignedIn, Depends(require_page(Permission.READ_SOURCES))]
Editor = Annotated[SignedIn, Depends(require_page(Permission.EDIT_SOURCES))]
Form = Annotated[FormData, Depends(checked_form)]


@router.get("/{source_id}")
def source_page(
    request: Request, opened: Opened, person: Reader, source_id: str, show: str = "", done: str = ""
) -> HTMLResponse:
    """Show one source: its health, or for who may change it its settings."""
    words = {"run": _("已排队，工作进程会马上采集。")}
    settings = show == "settings" and person.may(Permission.EDIT_SOURCES)
    form = SourceForm.of(_source(opened, source_id)) if settings else None
    notice = Notice(words[done]) if done in words else None
    return _page(request, opened, person, source_id, form, notice=notice)


@router.post("/{source_id}")
def save(request: Request, opened: Opened, person: Editor, form: Form, source_id: str) -> Response:
    """Change a source, or only try it; a wrong or stale form comes back as it was written."""
    given = read_form(form, source_id)
    try:
        if form.get("try"):
            trial = tried(request, opened, given)
            return _page(request, opened, person, source_id, given, trial=trial)
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
        return _page(request, opened, person, source_id, given.wrong(error), 422)
    except Busy as error:
        busy = replace(given, notice=str(error))
        return _page(request, opened, person, source_id, busy, 503)
    except Conflict as error:
        current = _source(opened, source_id).version
        return _page(request, opened, person, source_id, given.stale(str(error), current), 409)
    return RedirectResponse("/admin/sources?done=saved", 303)


@router.post("/{source_id}/run")
def run(opened: Opened, person: Editor, form: Form, source_id: str) -> Response:
    """Crawl a source at the worker's next look."""
    with opened.records.write() as session:
        run_now(session, source_id, person.name, opened.clock)
    here = f"/{source_id}" if text_field(form, "back") == "source" else ""
    return RedirectResponse(f"/admin/sources{here}?done=run", 303)


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


def _page(
    request: Request,
    opened: Service,
    person: SignedIn,
    source_id: str,
    form: SourceForm | None,
    status: int = 200,
    notice: Notice | None = None,
    trial: TrialView | None = None,
) -> HTMLResponse:
    with opened.records.read() as session:
        source = session.get(Source, source_id)
        if source is None:
            raise NotFound(_("没有这个来源。"))
        detail = source_detail(session, source, Times(opened.clock.now(), opened.zone))
    base, may_edit = f"/admin/sources/{source_id}", person.may(Permission.EDIT_SOURCES)
    tabs = [Tab(_("健康"), base, form is None)]
    if may_edit:
        tabs.append(Tab(_("设置"), f"{base}?show=settings", form is not None))
    return page(
        request,
        opened,
        person,
        "source.html",
        room="sources",
        status=status,
        detail=detail,
        line=detail.line,
        tabs=tabs,
        source=form,
        may_edit=may_edit,
        notice=notice,
        trial=trial,
    )
