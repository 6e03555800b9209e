"""What every search engine over the asset library does, and the values that go in and come out.

The index is a copy: everything in it can be made again from the records. All engines pass the
same contract tests and give one order.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, tzinfo
from typing import Protocol

from storage.mentions import Span

MAX_LIMIT = 200
# A tag that one asset has is no way to divide thousands; a facet has the most frequent.
MAX_TAGS = 100


@dataclass(frozen=True, kw_only=True)
class AssetDocument:
    """One asset as search knows it. Times are aware UTC.

    *layers* are (page, text). *usable_from* and *usable_until* are the first and the last day that
    its rights allow, None for no bound; empty *channels* mean all. *colours* are ``#rrggbb``.
    Of two documents of one id the one with the higher *revision* holds.
    """

    id: str
    kind: str
    scenario: str | None = None
    brand_id: str | None = None
    title: str
    description: str = ""
    tags: tuple[str, ...] = ()
    state: str
    owner: str = ""
    version: int = 1
    media_type: str | None = None
    layers: tuple[tuple[int, str], ...] = ()
    created_at: datetime
    updated_at: datetime
    usable_from: date | None = None
    usable_until: date | None = None
    channels: tuple[str, ...] = ()
    colours: tuple[str, ...] = ()
    orientation: str | None = None
    revision: int = 1


@dataclass(frozen=True, kw_only=True)
class AssetRequest:
    """One page of a selection. Values of one field are alternatives; different fields all hold.

    *media_types* may be whole (``image/png``) or a family (``image``); *colours* are names of
    ``storage.search.assets.colours`` or ``#rrggbb``, which mean their family. *usable_on* asks for
    what is published and may be used that day, on *channel* if one is given. *visible_states* and
    *visible_on* say what the person may see at all (None: everything), so that totals and facets
    obey; an empty tuple lets nothing through. *without* are ids that are left out whatever the
    index holds of them, because it has not heard yet that they may not be seen. *brand_names* maps
    names to ids for ``brand:``; the days of ``before:`` and ``after:`` begin in *zone*. *limit* is
    1…200.
    """

    q: str = ""
    kinds: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    brands: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    scenarios: tuple[str, ...] = ()
    media_types: tuple[str, ...] = ()
    colours: tuple[str, ...] = ()
    orientation: str | None = None
    usable_on: date | None = None
    channel: str | None = None
    visible_states: tuple[str, ...] | None = None
    visible_on: date | None = None
    without: tuple[str, ...] = ()
    brand_names: Mapping[str, str] = field(default_factory=dict)
    zone: tzinfo = UTC
    limit: int = 20
    cursor: str | None = None
    facets: bool = False


@dataclass(frozen=True)
class Place:
    """Where the query stands: *where* is title, tags, description, page-N or pinyin.

    *spans* are code points of *snippet*, in order.
    """

    where: str
    snippet: str
    spans: tuple[Span, ...]


@dataclass(frozen=True)
class AssetHit:
    """An asset found. *score* orders hits of a query; without words to find it is 0."""

    id: str
    score: int
    places: tuple[Place, ...] = ()


@dataclass(frozen=True)
class AssetFacets:
    """How a whole selection divides: value → count, the most frequent first, no zero counts.

    Of *tags* there are at most ``MAX_TAGS``.
    """

    kinds: Mapping[str, int]
    states: Mapping[str, int]
    tags: Mapping[str, int]
    brands: Mapping[str, int]
    media_types: Mapping[str, int]


@dataclass(frozen=True)
class AssetPage:
    """A page of hits. *total* counts the whole selection; no *next_cursor* means the last page."""

    hits: tuple[AssetHit, ...]
    total: int
    next_cursor: str | None
    facets: AssetFacets | None = None


class AssetIndex(Protocol):
    """Search over the asset library.

    Safe to share between threads and to open from several processes. Every method raises
    ``StorageError`` when the store is broken, full or out of reach.
    """

    def put_many(self, documents: Sequence[AssetDocument], *, anew: bool = False) -> int:
        """Write each document, all or none; return how many were written.

        One whose revision is not higher than the one held is passed over, so that a replay changes
        nothing; *anew* writes it all the same.
        """
        ...

    def delete(self, ids: Sequence[str]) -> int:
        """Remove assets and return how many there were; unknown ids are passed over."""
        ...

    def search(self, request: AssetRequest) -> AssetPage:
        """Return one page: best first when there are words to find, else newest change first.

        Title counts above tags, tags above the description, that above the text; what only its
        pinyin finds comes last. Following ``next_cursor`` gives each asset that does not change
        meanwhile exactly once. Raises ``QueryError`` for a wrong query, ``InvalidInput`` for a
        cursor, limit or colour that cannot be used.
        """
        ...

    def count(self, request: AssetRequest | None = None) -> int:
        """Return how many assets *request* selects, or how many there are."""
        ...

    def revisions(self) -> dict[str, int]:
        """Return id → revision of everything held."""
        ...

    def close(self) -> None:
        """Free what is held; calling anything else afterwards raises ``StorageError``."""
        ...
