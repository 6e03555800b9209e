"""Sources by REST: list, add, change, pause, run now, try before saving; visits and backlog."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Query, Request
from pydantic import Field
from sqlalchemy import select

from api.auth.identity import SignedIn
from api.doors import require, service
from api.permissions import Permission
from api.rest.body import Body
from api.rest.paging import Limit, Words, holds, page_of
from api.rest.source_forms import preset_form, run_form, source_with, trial_form, with_health
from api.trying import try_given
from api.wiring import Service
from core.clock import isoformat
from core.errors import NotFound
from crawlers.health import health_of, runs_of
from crawlers.job import SourceKind
from crawlers.presets import presets
from crawlers.raw import Identity, SourceType
from crawlers.sources import SourceInput, add_source, edit_source, run_now, set_enabled
from storage.records.crawling import CrawlRun
from storage.records.watch import Source

router = APIRouter(prefix="/api/v1/sources", tags=["sources"])
_MOST_RUNS: Final = 5_000
Opened = Annotated[Service, Depends(service)]
Reader = Annotated[SignedIn, Depends(require(Permission.READ_SOURCES))]
Editor = Annotated[SignedIn, Depends(require(Permission.EDIT_SOURCES))]


class SourceBody(Body):
    """A source as it is sent."""

    name: str
    kind: SourceKind
    url: str
    platform: str
    source_type: SourceType | None = None
    identity: Identity = "native_id"
    rules: dict[str, Any] = Field(default_factory=dict)
    interval_s: int = 900
    delay_s: float = 1.0
    obey_robots: bool = True
    max_pages: int = 200
    trusted: bool = False
    enabled: bool = True


class SourceChange(SourceBody):
    """A changed source; *version* is the one that was read."""

    version: int


class EnabledChange(Body):
    """Pause or resume; *version* is the one that was read."""

    enabled: bool
    version: int


@router.get("")
def list_sources(
    opened: Opened,
    _person: Reader,
    q: Words = "",
    kind: Annotated[list[SourceKind], Query()] = [],  # noqa: B006
    enabled: bool | None = None,
    limit: Limit = 20,
    cursor: str | None = None,
) -> dict[str, Any]:
    """List sources with their health, by name."""
    now = opened.clock.now()
    with opened.records.read() as session:
        rows = session.scalars(select(Source)).all()
        health = health_of(session, rows, now, opened.zone)
    sources = [
        row
        for row in rows
        if (not kind or row.kind in kind)
        and enabled in {None, row.enabled}
        and holds(q, row.name, row.platform)
    ]
    return page_of(
        sources,
        lambda row: (row.name, row.id),
        lambda row: source_with(row, health[row.id]),
        limit,
        cursor,
    )


@router.get("/backlog")
def backlog(opened: Opened, _person: Reader) -> dict[str, Any]:
    """Say how much that was fetched waits to be ingested, and what could not be read."""
    files, size = opened.spool.backlog()
    return {
        "batches": files,
        "bytes": size,
        "set_aside": [
            {"file": each.file.name, "reason": each.reason, "at": isoformat(each.at)}
            for each in opened.spool.poisoned()
        ],
    }


@router.get("/presets")
def list_presets(_person: Reader) -> dict[str, Any]:
    """List ready-made sources with what each needs and how far it was verified."""
    forms = [preset_form(preset) for preset in presets()]
    return {"items": forms, "next_cursor": None, "total": len(forms)}


@router.post("/try")
def post_try(request: Request, opened: Opened, _person: Editor, body: SourceBody) -> dict[str, Any]:
    """Crawl a source that is not saved, at most 10 pages and 20 seconds; nothing is stored."""
    given = SourceInput(**body.model_dump())
    return trial_form(try_given(opened, request.app.state.trials, given))


@router.get("/{source_id}")
def get_source(opened: Opened, _person: Reader, source_id: str) -> dict[str, Any]:
    """Return one source."""
    with opened.records.read() as session:
        source = session.get(Source, source_id)
        if source is None:
            raise NotFound("没有这个来源。")
        return with_health(session, source, opened.clock, opened.zone)


@router.get("/{source_id}/runs")
def list_runs(
    opened: Opened, _person: Reader, source_id: str, limit: Limit = 20, cursor: str | None = None
) -> dict[str, Any]:
    """List the visits of the last 30 days, newest first, at most 5,000 of them."""
    with opened.records.read() as session:
        if session.get(Source, source_id) is None:
            raise NotFound("没有这个来源。")
        runs = runs_of(session, source_id, _MOST_RUNS)
    return page_of(runs, _newest_first, run_form, limit, cursor)


@router.post("", status_code=201)
def post_source(opened: Opened, person: Editor, body: SourceBody) -> dict[str, Any]:
    """Add a source; it is crawled at once."""
    with opened.records.write() as session:
        given = SourceInput(**body.model_dump())
        allow = opened.allow_list()
        source = add_source(session, given, allow, person.name, opened.clock, opened.ids)
        return with_health(session, source, opened.clock, opened.zone)


@router.put("/{source_id}")
def put_source(
    opened: Opened, person: Editor, source_id: str, body: SourceChange
) -> dict[str, Any]:
    """Change a source."""
    with opened.records.write() as session:
        given = SourceInput(**body.model_dump(exclude={"version"}))
        source = edit_source(
            session,
            source_id,
            body.version,
            given,
            opened.allow_list(),
            person.name,
            opened.clock,
        )
        return with_health(session, source, opened.clock, opened.zone)


@router.post("/{source_id}/enabled")
def post_enabled(
    opened: Opened, person: Editor, source_id: str, body: EnabledChange
) -> dict[str, Any]:
    """Pause or resume a source."""
    with opened.records.write() as session:
        source = set_enabled(
            session, source_id, body.version, body.enabled, person.name, opened.clock
        )
        return with_health(session, source, opened.clock, opened.zone)


@router.post("/{source_id}/run", status_code=202)
def post_run(opened: Opened, person: Editor, source_id: str) -> dict[str, Any]:
    """Crawl a source at the worker's next look."""
    with opened.records.write() as session:
        source = run_now(session, source_id, person.name, opened.clock)
        return with_health(session, source, opened.clock, opened.zone)


def _newest_first(run: CrawlRun) -> tuple[str, str]:
    # Keys ascend: the later it began, the smaller the number.
    microseconds = round(run.started_at.timestamp() * 1_000_000)
    return f"{10**17 - microseconds:018d}", run.trace_id
