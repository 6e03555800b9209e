"""The Elasticsearch engine of the library."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from core.errors import InvalidInput
from storage.search.assets import position
from storage.search.assets.interface import (
    MAX_LIMIT,
    AssetDocument,
    AssetFacets,
    AssetHit,
    AssetPage,
    AssetRequest,
    Place,
)
from storage.search.assets.latest import latest
from storage.search.assets.places import places
from storage.search.assets.plan import AssetPlan, plan
from storage.search.elastic.assets import documents, writing
from storage.search.elastic.assets.home import Home
from storage.search.elastic.assets.layout import LAYERS
from storage.search.elastic.assets.queries import IN_TEXT, aggregations, ranked, selection
from storage.search.elastic.connection import ElasticAddress
from storage.search.elastic.fetching import fetch
from storage.search.elastic.strings import told
from storage.search.ranking import most_frequent
from storage.search.syntax import Term

_ORDER: Final = [{"_score": "desc"}, {"number": "desc"}, {"tie": "desc"}]
_SCAN_PAGE: Final = 5_000
# Characters of texts that are fetched at once: of books one at a time, of small files many.
_BULK: Final = 2_000_000


class ElasticAssetIndex:
    """An ``AssetIndex`` in Elasticsearch, behind the alias ``<prefix>-assets``.

    Threads and processes may share it. Nothing is asked before the first use, which makes the
    index if it is missing. After an error some documents of a ``put_many`` may have been written;
    doing it again is safe.
    """

    def __init__(self, address: ElasticAddress) -> None:
        self._home = Home(address)

    def put_many(self, documents: Sequence[AssetDocument], *, anew: bool = False) -> int:
        """Write documents; see ``AssetIndex``."""
        return writing.put_many(self._home, latest(documents), anew=anew)

    def delete(self, ids: Sequence[str]) -> int:
        """Remove assets and return how many there were."""
        return writing.delete(self._home, ids)

    def search(self, request: AssetRequest) -> AssetPage:
        """Return one page; see ``AssetIndex``."""
        if not 1 <= request.limit <= MAX_LIMIT:
            raise InvalidInput(f"limit 要在 1 到 {MAX_LIMIT} 之间。", field="limit")
        asked: dict[str, Any] = {"size": request.limit + 1, "sort": _ORDER, "_source": ["shown"]}
        if request.cursor is not None:
            last = position.read(request.cursor)
            asked["search_after"] = [last.score, last.number, last.tie]
        wanted = plan(request)
        asked |= {"query": ranked(wanted), "track_total_hits": True}
        if request.facets:
            asked["aggs"] = aggregations()
        answer = self._home.search(asked)
        found = answer["hits"]["hits"]
        rows = found[: request.limit]
        more = len(found) > len(rows)
        return AssetPage(
            self._hits(rows, wanted),
            answer["hits"]["total"]["value"],
            position.write(_position(rows[-1])) if more else None,
            _facets(answer["aggregations"]) if request.facets else None,
        )

    def count(self, request: AssetRequest | None = None) -> int:
        """Return how many assets are selected, or held."""
        wanted = selection(plan(request or AssetRequest()))
        asked = {"query": wanted, "size": 0, "track_total_hits": True}
        return int(self._home.search(asked)["hits"]["total"]["value"])

    def revisions(self) -> dict[str, int]:
        """Return id → revision of everything held."""
        found: dict[str, int] = {}
        # From the oldest on: what changes meanwhile moves ahead and is met there.
        asked: dict[str, Any] = {
            "size": _SCAN_PAGE,
            "sort": [{"number": "asc"}, {"tie": "asc"}],
            "_source": ["revision"],
            "track_total_hits": False,
        }
        while True:
            rows = self._home.search(asked)["hits"]["hits"]
            found |= {told(row["_id"]): row["_source"]["revision"] for row in rows}
            if len(rows) < _SCAN_PAGE:
                return found
            asked["search_after"] = rows[-1]["sort"]

    def close(self) -> None:
        """Close the connection; calling anything else afterwards raises ``StorageError``."""
        self._home.close()

    def _hits(self, rows: Sequence[Mapping[str, Any]], wanted: AssetPlan) -> tuple[AssetHit, ...]:
        if not wanted.terms:
            return tuple(AssetHit(told(row["_id"]), 0) for row in rows)
        shown = {row["_id"]: documents.shown(row["_source"]) for row in rows}
        texts = [row["_id"] for row in rows if IN_TEXT in row.get("matched_queries", ())]
        made = {key: _places(shown[key], (), wanted.terms) for key in shown if key not in texts}
        for keys in _portions(texts, shown):
            fetched = self._layers(keys)
            made |= {key: _places(shown[key], fetched[key], wanted.terms) for key in keys}
        return tuple(
            AssetHit(told(row["_id"]), _position(row).score, made[row["_id"]]) for row in rows
        )

    def _layers(self, keys: Sequence[str]) -> dict[str, list[tuple[int, str]]]:
        """Return the layers of documents; of one that is gone meanwhile, none."""
        targets = [(self._home.alias, key) for key in keys]
        found = fetch(self._home.connection, targets, _source=False, stored_fields=[LAYERS])
        return {
            key: list(documents.layers((each or {}).get("fields", {})))
            for key, each in zip(keys, found, strict=True)
        }


def _places(
    shown: documents.Shown, layers: Iterable[tuple[int, str]], terms: Sequence[Term]
) -> tuple[Place, ...]:
    return places(shown.title, shown.tags, shown.description, lambda: layers, terms)


def _portions(keys: Iterable[str], shown: Mapping[str, documents.Shown]) -> Iterator[list[str]]:
    """Yield *keys* in portions whose texts are small enough to be fetched at once."""
    portion: list[str] = []
    size = 0
    for key in keys:
        if portion and size + shown[key].bulk > _BULK:
            yield portion
            portion, size = [], 0
        portion.append(key)
        size += shown[key].bulk
    if portion:
        yield portion


def _position(row: Mapping[str, Any]) -> position.Position:
    score, number, tie = row["sort"]
    return position.Position(int(score), number, tie)


def _facets(aggregations: Mapping[str, Any]) -> AssetFacets:
    kinds, states, brands, media_types, tags = (
        most_frequent(
            {told(each["key"]): each["doc_count"] for each in aggregations[name]["buckets"]}
        )
        for name in ("kind", "state", "brand", "media_type", "tags")
    )
    return AssetFacets(kinds, states, tags, brands, media_types)
