"""The Elasticsearch engine of mentions."""

import threading
from collections.abc import Iterator, Sequence
from datetime import datetime

from core.errors import InvalidInput
from storage.mentions import Mention
from storage.search import buckets, order, removing
from storage.search.elastic import (
    counting,
    finding,
    known,
    preparing,
    rebuilding,
    retaining,
    writing,
)
from storage.search.elastic.connection import Connection, ElasticAddress, Json, segment
from storage.search.elastic.layout import Layout, month_of
from storage.search.elastic.months import make_ready
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
_DELETE_STEP = 1_000


class ElasticMentionIndex:
    """A ``MentionIndex`` in Elasticsearch, one index for each month.

    Threads and processes may share it. Nothing is asked before the first use, which makes what is
    missing: so a process starts while the server is away. *shards* are those of a month;
    *replicas* of None means one wherever there is a second node.
    """

    def __init__(
        self, address: ElasticAddress, *, shards: int = 1, replicas: int | None = None
    ) -> None:
        self._layout = Layout(address.prefix, shards, replicas)
        self._raw = Connection(address)
        self._prepared = False
        # Those that this process knows to be there.
        self._months: set[str] = set()
        self._lock = threading.Lock()

    def create_many(self, mentions: Sequence[Mention]) -> dict[str, str]:
        """Create each mention once; see ``MentionIndex``."""
        fresh = {month_of(each.published_at) for each in mentions} - self._months
        make_ready(self._connection, self._layout, fresh)
        self._months |= fresh
        return writing.create_many(self._connection, self._layout, mentions)

    def relabel_many(self, mentions: Sequence[Mention]) -> int:
        """Take over the sentiment of *mentions*; see ``MentionIndex``."""
        return writing.relabel_many(self._connection, self._layout, mentions)

    def get(self, mention_id: str) -> Mention | None:
        """Return the mention with this id, or None."""
        return self.get_many([mention_id]).get(mention_id)

    def get_many(self, ids: Sequence[str]) -> dict[str, Mention]:
        """Return id → mention for those that exist."""
        months = known.months(self._connection, self._layout, ids)
        found = known.held(self._connection, self._layout, months)
        return {key: each.mention for key, each in found.items()}

    def search(self, request: SearchRequest) -> SearchPage:
        """Return one page, newest first; see ``MentionIndex``."""
        if not 1 <= request.limit <= MAX_LIMIT:
            raise InvalidInput(f"limit 要在 1 到 {MAX_LIMIT} 之间。", field="limit")
        below = None if request.cursor is None else order.read_cursor(request.cursor)
        wanted = plan(request)
        body: Json = {"size": request.limit + 1, "track_total_hits": True}
        if request.facets:
            body["aggs"] = counting.facets_asked(wanted)
        answer = finding.page(self._connection, self._layout, wanted, below, body)
        found = finding.hits(answer)
        shown = found[: request.limit]
        return SearchPage(
            hits=tuple(Hit(mention, highlights(mention, wanted.terms)) for _, mention in shown),
            total=finding.total(answer),
            next_cursor=order.write_cursor(*shown[-1][0]) if len(found) > len(shown) else None,
            facets=counting.facets(self._connection, self._layout, wanted, answer)
            if request.facets
            else None,
        )

    def histogram(self, request: HistogramRequest) -> list[HistogramBucket]:
        """Return counts per local day or hour, oldest first; see ``MentionIndex``."""
        wanted = plan(request)
        span = (wanted.after, wanted.before) if wanted.after and wanted.before else None
        counted = counting.over_time(
            self._connection, self._layout, wanted, request.by, request.zone
        )
        return buckets.fill(counted, request.by, request.zone, span)

    def count(self, selection: Selection) -> int:
        """Return how many mentions are selected."""
        body: Json = {"size": 0, "track_total_hits": True}
        wanted = plan(selection)
        return finding.total(finding.page(self._connection, self._layout, wanted, None, body))

    def scan(self, selection: Selection) -> Iterator[Mention]:
        """Yield every selected mention, newest first; a wrong query raises at once."""
        return finding.scan(self._connection, self._layout, plan(selection), _SCAN_PAGE)

    def delete(self, ids: Sequence[str]) -> int:
        """Remove mentions for good and return how many there were."""
        return writing.delete(self._connection, self._layout, ids)

    def delete_selected(self, selection: Selection) -> int:
        """Remove every selected mention for good; see ``MentionIndex``."""
        return removing.delete_selected(self.scan(selection), self.delete, _DELETE_STEP)

    def drop_before(self, moment: datetime) -> int:
        """Remove all mentions of the months that ended by *moment*; see ``MentionIndex``."""
        dropped = retaining.drop_before(self._connection, self._layout, moment)
        return dropped + self.delete_selected(removing.months_before(moment))

    def sync(self) -> None:
        """Return when everything written so far, by any process, is durable and can be found.

        Every write is on the disks of its shards when it is answered; what searches miss is the
        refresh.
        """
        self._connection.send(
            "POST",
            f"/{segment(self._layout.mentions)}/_refresh",
            params={"ignore_unavailable": "true", "allow_no_indices": "true"},
        )

    def differences(self) -> list[str]:
        """Return a sentence for everything on the server that is not as this version wants it."""
        return preparing.differences(self._raw, self._layout)

    def rebuild(self, *, anew: bool = False) -> int:
        """Rebuild the months whose fields differ, or all of them *anew*; see ``MentionIndex``.

        Who writes to the month that is being rebuilt gets a ``StorageError``.
        """
        return rebuilding.rebuild(self._connection, self._layout, anew=anew)

    def close(self) -> None:
        """Close the connection; calling anything else afterwards raises ``StorageError``."""
        self._raw.close()

    @property
    def _connection(self) -> Connection:
        """The connection, after everything that is needed has been made."""
        if not self._prepared:
            with self._lock:
                if not self._prepared:
                    preparing.prepare(self._raw, self._layout)
                    self._prepared = True
        return self._raw
