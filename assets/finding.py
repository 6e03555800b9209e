"""Finds assets: hits of the index joined with what the records say of them now."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from assets.indexing import RECORD_TYPE
from assets.row_shapes import AssetRow
from assets.rows import asset_rows
from storage.records import Records
from storage.records.library import Asset, IndexOutbox
from storage.search.assets import AssetFacets, AssetIndex, AssetRequest, Place

_NO_FACETS: Final = AssetFacets({}, {}, {}, {}, {})


@dataclass(frozen=True)
class FoundAsset:
    """An asset of a list, and where the query stands in it."""

    row: AssetRow
    places: tuple[Place, ...]


@dataclass(frozen=True)
class FoundPage:
    """A page of assets. *total* counts all that were found; *facets* are empty unless asked for."""

    items: tuple[FoundAsset, ...]
    total: int
    next_cursor: str | None
    facets: AssetFacets


def find(records: Records, index: AssetIndex, request: AssetRequest, *, today: date) -> FoundPage:
    """Return one page of what *request* selects; *today* is the workspace's calendar day.

    The index follows the records by a moment: what is gone since, or may no longer be seen, is
    left out. Raises ``QueryError`` and ``InvalidInput`` as the index does.
    """
    with records.read() as session:
        hidden = _hidden(session, request, today)
    page = index.search(replace(request, without=hidden))
    with records.read() as session:
        rows = asset_rows(session, [hit.id for hit in page.hits], today=today)
    items = tuple(
        FoundAsset(rows[hit.id], hit.places)
        for hit in page.hits
        if hit.id in rows and _may_be_seen(rows[hit.id], request)
    )
    total = page.total - (len(page.hits) - len(items))
    return FoundPage(items, total, page.next_cursor, page.facets or _NO_FACETS)


def _hidden(session: Session, request: AssetRequest, today: date) -> tuple[str, ...]:
    """Return what the person may not see and search has not heard of yet; counts obey it too."""
    if request.visible_states is None and request.visible_on is None:
        return ()
    changed = session.execute(
        select(Asset.id, Asset.state).join(
            IndexOutbox,
            and_(IndexOutbox.record_id == Asset.id, IndexOutbox.record_type == RECORD_TYPE),
        )
    ).all()
    published = [row.id for row in changed if row.state == "published"]
    rows = asset_rows(session, published, today=today)
    seen = {each for each, row in rows.items() if _may_be_seen(row, request)}
    return tuple(row.id for row in changed if row.id not in seen)


def _may_be_seen(row: AssetRow, request: AssetRequest) -> bool:
    """Whether *row* is still within what the person may see; the index may not know yet."""
    if request.visible_states is not None and row.state not in request.visible_states:
        return False
    return request.visible_on is None or row.available
