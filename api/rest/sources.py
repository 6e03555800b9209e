"""Sources by REST: list, add, change, pause, run now."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from pydantic import Field
from sqlalchemy import select

from api.auth.identity import SignedIn
from api.doors import require, service
from api.permissions import Permission
from api.rest.body import Body
from api.rest.forms import source_form
from api.rest.paging import Limit, Words, holds, page_of
from api.wiring import Service
from core.errors import NotFound
from crawlers.job import SourceKind
from crawlers.raw import Identity, SourceType
from crawlers.sources import SourceInput, add_source, edit_source, run_now, set_enabled
from storage.records.watch import Source

router = APIRouter(prefix="/api/v1/sources", tags=["sources"])
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
    rules: dict[str, str | None] = Field(default_factory=dict)
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
    with opened.records.read() as session:
        rows = session.scalars(select(Source)).all()
    sources = [
        row
        for row in rows
        if (not kind or row.kind in kind)
        and enabled in {None, row.enabled}
        and holds(q, row.name, row.platform)
    ]
    return page_of(sources, lambda row: (row.name, row.id), source_form, limit, cursor)


@router.get("/{source_id}")
def get_source(opened: Opened, _person: Reader, source_id: str) -> dict[str, Any]:
    """Return one source."""
    with opened.records.read() as session:
        source = session.get(Source, source_id)
    if source is None:
        raise NotFound("没有这个来源。")
    return source_form(source)


@router.post("", status_code=201)
def post_source(opened: Opened, person: Editor, body: SourceBody) -> dict[str, Any]:
    """Add a source; it is crawled at once."""
    with opened.records.write() as session:
        given = SourceInput(**body.model_dump())
        allow = opened.allow_list()
        return source_form(add_source(session, given, allow, person.name, opened.clock, opened.ids))


@router.put("/{source_id}")
def put_source(
    opened: Opened, person: Editor, source_id: str, body: SourceChange
) -> dict[str, Any]:
    """Change a source."""
    with opened.records.write() as session:
        given = SourceInput(**body.model_dump(exclude={"version"}))
        return source_form(
            edit_source(
                session,
                source_id,
                body.version,
                given,
                opened.allow_list(),
                person.name,
                opened.clock,
            )
        )


@router.post("/{source_id}/enabled")
def post_enabled(
    opened: Opened, person: Editor, source_id: str, body: EnabledChange
) -> dict[str, Any]:
    """Pause or resume a source."""
    with opened.records.write() as session:
        source = set_enabled(
            session, source_id, body.version, body.enabled, person.name, opened.clock
        )
        return source_form(source)


@router.post("/{source_id}/run", status_code=202)
def post_run(opened: Opened, person: Editor, source_id: str) -> dict[str, Any]:
    """Crawl a source at the worker's next look."""
    with opened.records.write() as session:
        return source_form(run_now(session, source_id, person.name, opened.clock))
