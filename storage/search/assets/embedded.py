"""The embedded engine of the library: one SQLite FTS5 file through APSW, no server."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

import apsw

from core.errors import InvalidInput
from storage.search.assets import mending, position, reading, writing
from storage.search.assets.interface import (
    MAX_LIMIT,
    AssetDocument,
    AssetHit,
    AssetPage,
    AssetRequest,
)
from storage.search.assets.latest import latest
from storage.search.assets.places import places
from storage.search.assets.plan import AssetPlan, plan
from storage.search.fulltext import text_of


class EmbeddedAssetIndex:
    """An ``AssetIndex`` in the file *path*, made at first use with its folder.

    Threads may share one; processes may each open their own on the same file. Raises
    ``StorageError`` when the file cannot be opened or a newer version wrote it; a damaged one is
    set aside and begun anew.
    """

    def __init__(self, path: Path) -> None:
        self._connections = mending.opened(path)

    def put_many(self, documents: Sequence[AssetDocument], *, anew: bool = False) -> int:
        """Write documents; see ``AssetIndex``."""
        ready = [writing.prepared(document) for document in latest(documents)]
        with self._connections.writing() as db:
            return writing.put_many(db, ready, anew=anew)

    def delete(self, ids: Sequence[str]) -> int:
        """Remove assets and return how many there were."""
        with self._connections.writing() as db:
            return writing.delete(db, ids)

    def search(self, request: AssetRequest) -> AssetPage:
        """Return one page; see ``AssetIndex``."""
        if not 1 <= request.limit <= MAX_LIMIT:
            raise InvalidInput(f"limit 要在 1 到 {MAX_LIMIT} 之间。", field="limit")
        below = None if request.cursor is None else position.read(request.cursor)
        wanted = plan(request)
        with self._connections.reading() as db:
            found = reading.page(db, wanted, below, request.limit + 1)
            shown = found[: request.limit]
            hits = tuple(_hit(db, each, wanted) for each in shown)
            total = reading.total(db, wanted)
            facets = reading.facets(db, wanted) if request.facets else None
        more = len(found) > len(shown)
        return AssetPage(hits, total, _written(shown[-1]) if more else None, facets)

    def count(self, request: AssetRequest | None = None) -> int:
        """Return how many assets are selected, or held."""
        wanted = plan(request or AssetRequest())
        with self._connections.reading() as db:
            return reading.total(db, wanted)

    def revisions(self) -> dict[str, int]:
        """Return id → revision of everything held."""
        with self._connections.reading() as db:
            rows = db.execute("SELECT id, revision FROM asset_row")
            return {text_of(asset_id): revision for asset_id, revision in rows}

    def close(self) -> None:
        """Close the file's connections; those in use close when they come back."""
        self._connections.close()


def _hit(db: apsw.Connection, found: reading.Found, wanted: AssetPlan) -> AssetHit:
    if not wanted.terms:
        return AssetHit(found.id, found.score)
    title, tags, description = reading.shown(db, found.row)
    pages = partial(reading.layers, db, found.row)
    return AssetHit(found.id, found.score, places(title, tags, description, pages, wanted.terms))


def _written(last: reading.Found) -> str:
    return position.write(position.Position(last.score, last.row, position.tie(last.id)))
