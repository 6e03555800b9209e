"""GET /api/v1/assets."""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query

from api.asset_scope import scope
from api.asset_sight import today_of
from api.auth.identity import SignedIn
from api.doors import require, service
from api.permissions import Permission
from api.rest.asset_forms import asset_form
from api.wiring import Service
from assets.finding import FoundAsset, FoundPage, find
from assets.words import CHANNELS, AssetKind, AssetState, Scenario
from core.errors import InvalidInput
from storage.search.assets import AssetFacets, AssetRequest

router = APIRouter(prefix="/api/v1/assets", tags=["assets"])
Reader = Annotated[SignedIn, Depends(require(Permission.READ_ASSETS))]
Opened = Annotated[Service, Depends(service)]


@router.get("")
def list_assets(
    opened: Opened,
    person: Reader,
    q: Annotated[str, Query(max_length=2000, description="Query language")] = "",
    kind: Annotated[list[AssetKind], Query()] = [],  # noqa: B006
    state: Annotated[list[AssetState], Query()] = [],  # noqa: B006
    tag: Annotated[list[str], Query()] = [],  # noqa: B006
    brand: Annotated[list[str], Query(description="Brand ids")] = [],  # noqa: B006
    scenario: Annotated[list[Scenario], Query()] = [],  # noqa: B006
    media_type: Annotated[list[str], Query(description="image/png, or image for all")] = [],  # noqa: B006
    orientation: Annotated[str | None, Query(pattern="^(landscape|portrait|square)$")] = None,
    colour: Annotated[list[str], Query(description="#rrggbb or a family such as red")] = [],  # noqa: B006
    available: Annotated[bool, Query(description="Only what may be used")] = False,
    channel: Annotated[str | None, Query(description="Where it is to be used")] = None,
    on: Annotated[date | None, Query(description="The day of use; today if not given")] = None,
    facets: bool = False,
    limit: Annotated[int, Query(ge=1, le=200)] = 20,
    cursor: str | None = None,
) -> dict[str, Any]:
    """List assets: best first for a query with words, else newest change first.

    `available`, `channel` or `on` ask for what may be used on that channel and day.
    """
    today = today_of(opened)
    if channel is not None and channel not in CHANNELS:
        raise InvalidInput(f"没有这个渠道，可以写 {'、'.join(CHANNELS)}。", field="channel")
    for_use = available or channel is not None or on is not None
    request = AssetRequest(
        q=q,
        kinds=tuple(kind),
        states=tuple(state),
        tags=tuple(tag),
        brands=tuple(brand),
        scenarios=tuple(scenario),
        media_types=tuple(media_type),
        orientation=orientation,
        colours=tuple(colour),
        usable_on=(on or today) if for_use else None,
        channel=channel,
        brand_names=opened.brand_names(),
        zone=opened.zone,
        facets=facets,
        limit=limit,
        cursor=cursor,
    )
    page = find(opened.records, opened.asset_index, scope(person, request, today), today=today)
    return _page_form(page, facets=facets)


def found_form(found: FoundAsset) -> dict[str, Any]:
    """Return a hit: the asset, and the places where the query stands; spans are code points."""
    return asset_form(found.row) | {
        "places": [
            {
                "where": place.where,
                "snippet": place.snippet,
                "spans": [[span.start, span.end] for span in place.spans],
            }
            for place in found.places
        ]
    }


def _page_form(page: FoundPage, *, facets: bool) -> dict[str, Any]:
    form: dict[str, Any] = {
        "items": [found_form(each) for each in page.items],
        "next_cursor": page.next_cursor,
        "total": page.total,
    }
    return form | {"facets": _facets_form(page.facets)} if facets else form


def _facets_form(facets: AssetFacets) -> dict[str, dict[str, int]]:
    return {
        "kinds": dict(facets.kinds),
        "states": dict(facets.states),
        "tags": dict(facets.tags),
        "brands": dict(facets.brands),
        "media_types": dict(facets.media_types),
    }
