"""GET /mentions: what is said? The feed with its query box and facets."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Annotated, get_args

from fastapi import APIRouter, Depends, Request
from starlette.responses import HTMLResponse

from api.auth.identity import SignedIn
from api.doors import require_page, service
from api.pages.i18n import _
from api.pages.mention_query import MentionQuery
from api.pages.mention_rows import MentionRow, mention_rows
from api.pages.mention_told import told
from api.pages.naming import label_name, platform_names
from api.pages.query_fault import Fault, query_fault
from api.pages.render import page
from api.permissions import Permission
from api.wiring import Service
from core.errors import QueryError
from storage.mentions import Label
from storage.search import Facets, SearchPage

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True)
class FacetValue:
    """One value of a facet; its link chooses it, or takes it back when it is on."""

    name: str
    href: str
    count: int
    share: float
    current: bool


@dataclass(frozen=True)
class Facet:
    """A group of values."""

    name: str
    values: tuple[FacetValue, ...]


@dataclass(frozen=True)
class Feed:
    """Everything the page shows."""

    query: MentionQuery
    rows: tuple[MentionRow, ...] = ()
    facets: tuple[Facet, ...] = ()
    total: int = 0
    took_ms: str = ""
    newest_href: str | None = None
    next_href: str | None = None
    fault: Fault | None = None


@router.get("/mentions")
def mentions_page(
    request: Request,
    opened: Annotated[Service, Depends(service)],
    person: Annotated[SignedIn, Depends(require_page(Permission.READ_MENTIONS))],
) -> HTMLResponse:
    """Show the feed; a wrong query is shown with the place that is wrong."""
    query = MentionQuery.read(request.query_params)
    try:
        feed = _feed(opened, person, query)
    except QueryError as error:
        feed = Feed(query, fault=query_fault(query.q, error))
    status = 422 if feed.fault else 200
    return page(
        request,
        opened,
        person,
        "mentions.html",
        room="mentions",
        status=status,
        feed=feed,
        told=told(opened, request.query_params),
        may_mark=person.may(Permission.MARK_MENTIONS),
        back=query.href,
    )


def _feed(opened: Service, person: SignedIn, query: MentionQuery) -> Feed:
    began = time.perf_counter()
    found = opened.index.search(query.request(opened, facets=True))
    took = (time.perf_counter() - began) * 1000
    following = replace(query, cursor=found.next_cursor) if found.next_cursor else None
    return Feed(
        query=query,
        rows=mention_rows(opened, person, query, found.hits),
        facets=_facets(opened, query, found),
        total=found.total,
        took_ms=f"{took:.1f}" if took < 100 else f"{took:.0f}",
        newest_href=replace(query, cursor="").href if query.cursor else None,
        next_href=following.href if following else None,
    )


def _facets(opened: Service, query: MentionQuery, found: SearchPage) -> tuple[Facet, ...]:
    """A facet that is on shows what its other values would give, so one click changes it."""

    def counts(field: str) -> Facets:
        if not getattr(query, field):
            assert found.facets is not None
            return found.facets
        other = opened.index.search(query.without(field).request(opened, facets=True, limit=1))
        assert other.facets is not None
        return other.facets

    labels = counts("label").labels
    brands = {brand.id: brand.name for brand in opened.brands()}
    return (
        _facet(
            query,
            _("情感"),
            "label",
            {label: labels.get(label, 0) for label in get_args(Label)},
            {label: label_name(label) for label in get_args(Label)},
        ),
        _facet(
            query,
            _("平台"),
            "platform",
            counts("platform").platforms,
            platform_names(opened.records),
        ),
        _facet(query, _("对谁"), "brand", counts("brand").brands, brands),
    )


def _facet(
    query: MentionQuery,
    name: str,
    field: str,
    counts: Mapping[str, int] | Mapping[Label, int],
    names: Mapping[str, str] | Mapping[Label, str],
) -> Facet:
    called = {str(code): value for code, value in names.items()}
    most = max(counts.values(), default=0) or 1
    chosen = getattr(query, field)
    return Facet(
        name,
        tuple(
            FacetValue(
                name=called.get(str(value), str(value)),
                href=query.toggled(field, str(value)).href,
                count=count,
                share=count / most * 100,
                current=value in chosen,
            )
            for value, count in counts.items()
        ),
    )
