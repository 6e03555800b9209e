"""Makes asset documents for the tests of search."""

from datetime import UTC, datetime
from typing import Any

from storage.search.assets import AssetDocument, AssetIndex, AssetPage, AssetRequest

NOON = datetime(2026, 3, 1, 4, tzinfo=UTC)


def asset(key: str, title: str = "无题", **changes: Any) -> AssetDocument:
    fields: dict[str, Any] = {
        "id": key,
        "kind": "media",
        "title": title,
        "state": "published",
        "created_at": NOON,
        "updated_at": NOON,
    }
    return AssetDocument(**(fields | changes))


def found(index: AssetIndex, q: str = "", **request: Any) -> list[str]:
    """The ids of everything that is found, in order, by pages of three."""
    ids: list[str] = []
    cursor: str | None = None
    while True:
        page: AssetPage = index.search(AssetRequest(q=q, limit=3, cursor=cursor, **request))
        ids += [hit.id for hit in page.hits]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert page.total == len(ids) == len(set(ids))
    assert index.count(AssetRequest(q=q, **request)) == len(ids)
    return ids


def places(index: AssetIndex, q: str, key: str) -> dict[str, tuple[str, list[str]]]:
    """Where a hit was found: place → its snippet, and the parts that are marked in it."""
    hits = {hit.id: hit for hit in index.search(AssetRequest(q=q, limit=200)).hits}
    return {
        place.where: (
            place.snippet,
            [place.snippet[span.start : span.end] for span in place.spans],
        )
        for place in hits[key].places
    }
