"""What every search engine over mentions does, and the values that go in and come out.

Selections are engine-free: ``storage.search.plan`` turns one into a query tree, and each engine
only translates that tree. All engines pass the same contract tests.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from typing import Literal, Protocol

from storage.mentions import BrandRole, Kind, Label, Mention, Span

MAX_LIMIT = 200


@dataclass(frozen=True)
class Filters:
    """Exact conditions. Values of one field are alternatives; different fields all must hold.

    An empty tuple sets no condition. *after* includes its moment, *before* excludes it; both are
    aware datetimes.
    """

    brand_ids: tuple[str, ...] = ()
    brand_roles: tuple[BrandRole, ...] = ()
    labels: tuple[Label, ...] = ()
    platforms: tuple[str, ...] = ()
    kinds: tuple[Kind, ...] = ()
    activities: tuple[str, ...] = ()
    story_ids: tuple[str, ...] = ()
    source_ids: tuple[str, ...] = ()
    after: datetime | None = None
    before: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Selection:
    """Which mentions are meant: query language and filters together.

    *brands* maps every name and alias to its brand id, for ``brand:NAME``. *zone* is where the
    days of ``before:`` and ``after:`` begin. With exactly one brand named by filter and query
    together, labels mean the label towards that brand, else the whole text's.
    """

    q: str = ""
    filters: Filters = field(default_factory=Filters)
    brands: Mapping[str, str] = field(default_factory=dict)
    zone: tzinfo = UTC


@dataclass(frozen=True, kw_only=True)
class SearchRequest(Selection):
    """One page of a selection, newest first. *limit* is 1…200; *cursor* is a ``next_cursor``."""

    limit: int = 20
    cursor: str | None = None
    facets: bool = False


@dataclass(frozen=True, kw_only=True)
class HistogramRequest(Selection):
    """Counts of a selection over time, by days or hours of *zone*."""

    by: Literal["day", "hour"] = "day"


@dataclass(frozen=True)
class Hit:
    """A mention found, and where the query's words stand in its ``full_text``, in order."""

    mention: Mention
    highlights: tuple[Span, ...] = ()


@dataclass(frozen=True)
class Facets:
    """How a whole selection divides: the most frequent value first, of equal ones the lesser.

    *labels* follow the rule of ``Selection``; a mention with two brands counts under both.
    """

    labels: Mapping[Label, int]
    platforms: Mapping[str, int]
    brands: Mapping[str, int]


@dataclass(frozen=True)
class SearchPage:
    """A page of hits. *total* counts the whole selection; no *next_cursor* means the last page."""

    hits: tuple[Hit, ...]
    total: int
    next_cursor: str | None
    facets: Facets | None = None


@dataclass(frozen=True)
class HistogramBucket:
    """One local day or hour: its *start*, aware in the request's zone, and a count per label."""

    start: datetime
    counts: Mapping[Label, int]

    @property
    def total(self) -> int:
        """All labels together."""
        return sum(self.counts.values())


class MentionIndex(Protocol):
    """The archive of mentions.

    Safe to share between threads and to open from several processes. Every method raises
    ``StorageError`` when the store is broken, full or out of reach; those that take a selection
    raise ``QueryError`` for a wrong query.
    """

    def create_many(self, mentions: Sequence[Mention]) -> dict[str, str]:
        """Create each mention once by its id and return id → stored batch id.

        A caller that finds its own batch id there wrote the mention now or in an earlier, broken
        run; another batch id says that the mention was known. Of a known mention only the
        engagement counts change: each becomes the larger one, and None never replaces a number.
        After an error some may have been written; doing it again is safe. ``get`` sees what is
        written at once, searches may see it only after ``sync``.
        """
        ...

    def relabel_many(self, mentions: Sequence[Mention]) -> int:
        """Take over the sentiment of *mentions*, whole and per brand; return how many changed.

        Only where ``marked`` is larger than what is held: whoever comes late changes nothing.
        Everything else about a mention stays; unknown ids and brands are passed over. Searches
        see the change when this returns.
        """
        ...

    def get(self, mention_id: str) -> Mention | None:
        """Return the mention with this id, or None."""
        ...

    def get_many(self, ids: Sequence[str]) -> dict[str, Mention]:
        """Return id → mention for those that exist."""
        ...

    def search(self, request: SearchRequest) -> SearchPage:
        """Return one page, newest first; of one moment the order is fixed but arbitrary.

        Moments are told apart to the millisecond. Following ``next_cursor`` gives every mention
        of the selection once, whatever arrives meanwhile. Raises ``InvalidInput`` for a cursor or
        limit that cannot be used.
        """
        ...

    def histogram(self, request: HistogramRequest) -> list[HistogramBucket]:
        """Return counts per local day or hour, oldest first.

        When the selection has both an ``after`` and a ``before``, every bucket between them
        comes, empty ones too (``InvalidInput`` beyond 20,000 of them); else only those that hold
        something. Every bucket has all three labels.
        """
        ...

    def count(self, selection: Selection) -> int:
        """Return how many mentions are selected."""
        ...

    def scan(self, selection: Selection) -> Iterator[Mention]:
        """Yield every selected mention, newest first, without holding a snapshot of the store."""
        ...

    def delete(self, ids: Sequence[str]) -> int:
        """Remove mentions for good and return how many there were; unknown ids are passed over.

        No search finds them when this returns.
        """
        ...

    def delete_selected(self, selection: Selection) -> int:
        """Remove every selected mention for good and return how many there were.

        Goes in small steps: an error or a crash leaves some, doing it again removes the rest.
        """
        ...

    def drop_before(self, moment: datetime) -> int:
        """Remove all mentions of the months (UTC) that ended by *moment*; return how many.

        In small steps, like ``delete_selected``.
        """
        ...

    def sync(self) -> None:
        """Return when everything written so far, by any process, is durable and can be found.

        Durable: it would survive a power cut. Every search that begins from then on sees it.
        """
        ...

    def differences(self) -> list[str]:
        """Return a sentence for everything stored that is not in the form of this version.

        Such a store works, though searches may miss what only newer tokens find. What a person
        should do follows the first full stop.
        """
        ...

    def rebuild(self, *, anew: bool = False) -> int:
        """Index what is held in an older form, or everything *anew*; return of how many months.

        From the stored mentions, which stay as they are, while searches and counts go on. Who
        writes meanwhile may have to wait or gets a ``StorageError`` and tries again. A call that
        was broken off, or its process killed, is continued by the next one.
        """
        ...

    def close(self) -> None:
        """Free what is held; calling anything else afterwards raises ``StorageError``."""
        ...
