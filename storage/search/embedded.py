"""The embedded engine: one SQLite FTS5 file through APSW, no server."""

import time
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

from core.errors import InvalidInput
from storage.mentions import Mention
from storage.search import (
    buckets,
    order,
    reading,
    rebuilding,
    relabelling,
    removing,
    schema,
    writing,
)
from storage.search.connections import Connections
from storage.search.highlight import highlights
from storage.search.interface import (
    MAX_LIMIT,
    HistogramBucket,
    HistogramRequest,
    Hit,
    SearchPage,
    SearchRequest,
    Selection,
)
from storage.search.plan import plan

_SCAN_PAGE = 500
# A waiting writer looks every tenth of a second whether it may.
_REBUILD_PAUSE_S = 0.11


class EmbeddedMentionIndex:
    """A ``MentionIndex`` in the file *path*, made at first use with its folder.

    Threads may share one; processes may each open their own on the same file. Raises
    ``StorageError`` when the file cannot be opened or a newer version wrote it.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._connections = Connections(path, schema.MENTIONS)

    def create_many(self, mentions: Sequence[Mention]) -> dict[str, str]:
        """Create each mention once, all or none; see ``MentionIndex``."""
        with self._connections.writing() as db:
            return writing.create_many(db, mentions)

    def relabel_many(self, mentions: Sequence[Mention]) -> int:
        """Take over the sentiment of *mentions*; see ``MentionIndex``."""
        with self._connections.writing() as db:
            return relabelling.relabel_many(db, mentions)

    def get(self, mention_id: str) -> Mention | None:
        """Return the mention with this id, or None."""
        return self.get_many([mention_id]).get(mention_id)

    def get_many(self, ids: Sequence[str]) -> dict[str, Mention]:
        """Return id → mention for those that exist."""
        with self._connections.reading() as db:
            return reading.by_ids(db, ids)

    def search(self, request: SearchRequest) -> SearchPage:
        """Return one page, newest first; see ``MentionIndex``."""
        if not 1 <= request.limit <= MAX_LIMIT:
            raise InvalidInput(f"limit 要在 1 到 {MAX_LIMIT} 之间。", field="limit")
        # Row ids are unique: a cursor's tie is for the engines whose numbers are not.
        below = None if request.cursor is None else order.read_cursor(request.cursor)[0]
        wanted = plan(request)
        with self._connections.reading() as db:
            found, total = reading.page_and_total(db, wanted, below, request.limit + 1)
            facets = reading.facets(db, wanted) if request.facets else None
        shown = found[: request.limit]
        cursor = None
        if len(found) > len(shown):
            number, last = shown[-1]
            cursor = order.write_cursor(number, order.tie(last.id))
        return SearchPage(
            hits=tuple(Hit(mention, highlights(mention, wanted.terms)) for _, mention in shown),
            total=total,
            next_cursor=cursor,
            facets=facets,
        )

    def histogram(self, request: HistogramRequest) -> list[HistogramBucket]:
        """Return counts per local day or hour, oldest first; see ``MentionIndex``."""
        wanted = plan(request)
        span = (wanted.after, wanted.before) if wanted.after and wanted.before else None
        with self._connections.reading() as db:
            counted = reading.over_time(db, wanted, request.zone)
            return buckets.fill(counted, request.by, request.zone, span)

    def count(self, selection: Selection) -> int:
        """Return how many mentions are selected."""
        wanted = plan(selection)
        with self._connections.reading() as db:
            return reading.total(db, wanted)

    def scan(self, selection: Selection) -> Iterator[Mention]:
        """Yield every selected mention, newest first; a wrong query raises at once."""
        wanted = plan(selection)

        def pages() -> Iterator[Mention]:
            below = None
            while True:
                with self._connections.reading() as db:
                    found = reading.page(db, wanted, below, _SCAN_PAGE)
                yield from (mention for _, mention in found)
                if len(found) < _SCAN_PAGE:
                    return
                below = found[-1][0]

        return pages()

    def delete(self, ids: Sequence[str]) -> int:
        """Remove mentions for good and return how many there were."""
        with self._connections.writing() as db:
            return writing.delete(db, ids)

    def delete_selected(self, selection: Selection) -> int:
        """Remove every selected mention for good; see ``MentionIndex``."""
        return removing.delete_selected(self.scan(selection), self.delete)

    def drop_before(self, moment: datetime) -> int:
        """Remove all mentions of the months that ended by *moment*; see ``MentionIndex``."""
        return self.delete_selected(removing.months_before(moment))

    def sync(self) -> None:
        """Return when everything committed so far, by any process, would survive a power cut.

        Searches see every commit at once. The commit of the one row syncs
        the whole write-ahead log, other processes' part too.
        """
        with self._connections.syncing() as db:
            db.execute("UPDATE synced SET times = times + 1")

    def differences(self) -> list[str]:
        """Return a sentence if mentions are indexed in an older form; see ``MentionIndex``."""
        with self._connections.reading() as db:
            if rebuilding.next_row(db) is None:
                return []
        return [
            f"The search index {self._path} holds mentions by older tokens. Run `shengyu reindex`."
        ]

    def rebuild(self, *, anew: bool = False) -> int:
        """Index mentions again from their documents; see ``MentionIndex``."""
        if anew:
            with self._connections.writing() as db:
                rebuilding.begin(db)
        months: set[datetime] = set()
        while True:
            with self._connections.writing() as db:
                done = rebuilding.step(db)
            if done is None:
                return len(months)
            months |= done
            time.sleep(_REBUILD_PAUSE_S)

    def close(self) -> None:
        """Close the file's connections; those in use close when they come back."""
        self._connections.close()
