"""Watchlist matching: which brands a text names, and where."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Literal, NamedTuple

from ahocorasick_rs import AhoCorasick

from core.folding import fold
from sentiment.names import is_short_code, needs_border, searchable, spellings
from storage.mentions import BrandRole, Span

_Kind = Literal["name", "alias", "product", "code", "person", "exclude", "context"]


@dataclass(frozen=True)
class WatchedBrand:
    """A subject of the watchlist.

    *aliases* are short names, which with *context* given count only beside a context word or a
    full name, product or person of the brand. *exclude* holds phrases inside which nothing counts.
    """

    id: str
    name: str
    role: BrandRole
    aliases: tuple[str, ...] = ()
    products: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    context: tuple[str, ...] = ()


@dataclass(frozen=True)
class BrandMatch:
    """A brand that a text names; spans are in order, do not overlap, and are never empty."""

    brand: WatchedBrand
    spans: tuple[Span, ...]


class _Hit(NamedTuple):
    start: int
    end: int
    owner: int  # place of the brand in the watchlist
    kind: _Kind


class Watchlist:
    """Finds the names of many brands in one pass; built once, used for every text."""

    def __init__(self, brands: Sequence[WatchedBrand]) -> None:
        self._brands = tuple(brands)
        meanings: dict[str, list[tuple[int, _Kind]]] = {}
        for owner, brand in enumerate(self._brands):
            for kind, word in _words(brand):
                for spelling in spellings(word):
                    meanings.setdefault(spelling, []).append((owner, kind))
        self._meanings = list(meanings.values())
        self._automaton = AhoCorasick(list(meanings)) if meanings else None

    def match(self, text: str) -> list[BrandMatch]:
        """Return the brands that *text* names, in the order of the watchlist.

        Spans are code points of *text*. Where names overlap the longest wins; a name that two
        brands share counts for both.
        """
        hits = self._hits(searchable(fold(text)))
        hits = self._without_excluded(hits)
        hits = _longest(self._without_doubtful(hits))
        found: dict[int, list[Span]] = {}
        for hit in hits:
            spans = found.setdefault(hit.owner, [])
            if not spans or spans[-1] != Span(hit.start, hit.end):
                spans.append(Span(hit.start, hit.end))
        return [BrandMatch(self._brands[owner], tuple(found[owner])) for owner in sorted(found)]

    def _hits(self, folded: str) -> list[_Hit]:
        if self._automaton is None:
            return []
        return [
            _Hit(start, end, owner, kind)
            for pattern, start, end in self._automaton.find_matches_as_indexes(
                folded, overlapping=True
            )
            for owner, kind in self._meanings[pattern]
            if kind == "exclude" or not needs_border(folded, start, end)
        ]

    def _without_excluded(self, hits: Sequence[_Hit]) -> list[_Hit]:
        """Drop what lies inside an exclude phrase of its own brand."""
        phrases: dict[int, list[_Hit]] = {}
        for hit in sorted(hits):
            if hit.kind == "exclude":
                phrases.setdefault(hit.owner, []).append(hit)
        covers = {owner: _Cover(found) for owner, found in phrases.items()}
        return [
            hit
            for hit in hits
            if hit.kind != "exclude"
            and not (hit.owner in covers and covers[hit.owner].holds(hit.start, hit.end))
        ]

    def _without_doubtful(self, hits: Sequence[_Hit]) -> list[_Hit]:
        """Drop ambiguous aliases without context, then short codes without a name."""
        sure = _longest([hit for hit in hits if hit.kind not in ("context", "code")])
        anchored = {hit.owner for hit in sure if hit.kind != "alias"}
        context: dict[int, list[_Hit]] = {}
        for hit in hits:
            if hit.kind == "context":
                context.setdefault(hit.owner, []).append(hit)

        def counts(hit: _Hit) -> bool:
            if hit.kind != "alias" or not self._brands[hit.owner].context:
                return hit.kind != "context"
            return hit.owner in anchored or _beside(hit, context.get(hit.owner, ()))

        kept = [hit for hit in hits if counts(hit)]
        named = {hit.owner for hit in kept if hit.kind in ("name", "alias")}
        return [hit for hit in kept if hit.kind != "code" or hit.owner in named]


class _Cover:
    """Answers whether a range lies inside one of many, in logarithmic time."""

    def __init__(self, ranges: Sequence[_Hit]) -> None:
        self._starts = [found.start for found in ranges]
        self._ends = list(accumulate((found.end for found in ranges), max))

    def holds(self, start: int, end: int) -> bool:
        at = bisect_right(self._starts, start)
        return at > 0 and self._ends[at - 1] >= end


def _words(brand: WatchedBrand) -> Iterable[tuple[_Kind, str]]:
    yield "name", brand.name
    yield from (("alias", word) for word in brand.aliases)
    for product in brand.products:
        yield ("code" if is_short_code(product) else "product"), product
    yield from (("person", word) for word in brand.people)
    yield from (("exclude", word) for word in brand.exclude)
    yield from (("context", word) for word in brand.context)


def _beside(hit: _Hit, context: Sequence[_Hit]) -> bool:
    """Say whether a context word stands outside *hit*: a word inside it proves nothing."""
    return any(word.start < hit.start or word.end > hit.end for word in context)


def _longest(hits: Sequence[_Hit]) -> list[_Hit]:
    """Keep the longest of overlapping hits (then the first), all owners of one place together."""
    ranges = sorted({(hit.start, hit.end) for hit in hits}, key=lambda r: (r[0] - r[1], r[0]))
    taken = bytearray(max((end for _start, end in ranges), default=0))
    kept = set()
    for start, end in ranges:
        # What was taken before is at least as long, so an overlap shows at one of the two ends.
        if not taken[start] and not taken[end - 1]:
            taken[start:end] = b"\x01" * (end - start)
            kept.add((start, end))
    return sorted(hit for hit in hits if (hit.start, hit.end) in kept)
