"""GET /assets: which material is there, and may I use it? The gallery with its search."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Request
from starlette.responses import HTMLResponse

from api.asset_scope import scope
from api.auth.identity import SignedIn
from api.doors import require_page, service
from api.pages.asset_excerpts import excerpts
from api.pages.asset_expiry import expiring_page
from api.pages.asset_filters import Chosen, Filter, chosen_filters, filters_of
from api.pages.asset_places import FoundWhere, found_where
from api.pages.asset_query import AssetQuery
from api.pages.asset_view import AssetCard, asset_card
from api.pages.i18n import _, translate
from api.pages.parts import Tab
from api.pages.query_fault import Fault, query_fault
from api.pages.render import page
from api.pages.times import Times
from api.permissions import Permission
from api.wiring import Service
from assets.finding import FoundPage, find
from assets.words import KINDS
from core.errors import QueryError
from storage.search.assets import AssetRequest

router = APIRouter(include_in_schema=False)
_PAGE_SIZE: Final = 24


@dataclass(frozen=True)
class Found:
    """A card and where the words that were looked for stand in it."""

    card: AssetCard
    where: tuple[FoundWhere, ...]


@dataclass(frozen=True)
class Gallery:
    """Everything the page shows."""

    query: AssetQuery
    found: tuple[Found, ...] = ()
    tabs: tuple[Tab, ...] = ()
    filters: tuple[Filter, ...] = ()
    chosen: tuple[Chosen, ...] = ()
    total: int = 0
    first_href: str | None = None
    next_href: str | None = None
    fault: Fault | None = None
    is_new: bool = False


@router.get("/assets")
def assets_page(
    request: Request,
    opened: Annotated[Service, Depends(service)],
    person: Annotated[SignedIn, Depends(require_page(Permission.READ_ASSETS))],
) -> HTMLResponse:
    """Show the gallery; a wrong query is shown with the place that is wrong."""
    query = AssetQuery.read(request.query_params)
    try:
        gallery = _gallery(opened, person, query)
    except QueryError as error:
        gallery = Gallery(query, fault=query_fault(query.q, error))
    return page(
        request,
        opened,
        person,
        "assets.html",
        room="assets",
        status=422 if gallery.fault else 200,
        gallery=gallery,
        may_edit=person.may(Permission.EDIT_ASSETS),
    )


def _gallery(opened: Service, person: SignedIn, query: AssetQuery) -> Gallery:
    times = Times(opened.clock.now(), opened.zone)
    today = times.now.astimezone(times.zone).date()
    found = _find(opened, person, query, today)
    cards = _cards(opened, found, times, drawn=query.view != "list")
    following = query.but(cursor=found.next_cursor) if found.next_cursor else None
    drafts = person.may(Permission.READ_DRAFTS)
    filters = filters_of(opened, query, found.facets, today, states=drafts)
    return Gallery(
        query=query,
        found=cards,
        tabs=() if query.expires else _tabs(query, _kinds(opened, person, query, found, today)),
        filters=filters,
        chosen=chosen_filters(query, filters),
        total=found.total,
        first_href=query.but().href if query.cursor else None,
        next_href=following.href if following else None,
        is_new=query.is_empty and not found.total,
    )


def _find(
    opened: Service, person: SignedIn, query: AssetQuery, today: date, limit: int = _PAGE_SIZE
) -> FoundPage:
    if query.expires:
        return expiring_page(opened, person, today)
    request = AssetRequest(
        q=query.q,
        kinds=(query.kind,) if query.kind else (),
        states=(query.state,) if query.state else (),
        brands=(query.brand,) if query.brand else (),
        tags=(query.tag,) if query.tag else (),
        usable_on=query.usable_on or (today if query.channel else None),
        channel=query.channel or None,
        brand_names=opened.brand_names(),
        zone=opened.zone,
        limit=limit,
        cursor=query.cursor or None,
        facets=True,
    )
    return find(opened.records, opened.asset_index, scope(person, request, today), today=today)


def _cards(opened: Service, found: FoundPage, times: Times, *, drawn: bool) -> tuple[Found, ...]:
    told: Mapping[str, str] = {}
    if drawn:
        with opened.records.read() as session:
            told = excerpts(session, [one.row for one in found.items])
    return tuple(
        Found(asset_card(one.row, times, told.get(one.row.id, "")), found_where(one.places))
        for one in found.items
    )


def _kinds(
    opened: Service, person: SignedIn, query: AssetQuery, found: FoundPage, today: date
) -> Mapping[str, int]:
    """A tab that is on shows what the others would give."""
    if not query.kind:
        return found.facets.kinds
    return _find(opened, person, query.but(kind=""), today, limit=1).facets.kinds


def _tabs(query: AssetQuery, kinds: Mapping[str, int]) -> tuple[Tab, ...]:
    whole = Tab(_("全部"), query.but(kind="").href, not query.kind, sum(kinds.values()))
    rest = [
        Tab(translate(name), query.but(kind=code).href, query.kind == code, kinds.get(code, 0))
        for code, name in KINDS.items()
        if kinds.get(code) or query.kind == code
    ]
    return (whole, *rest)
