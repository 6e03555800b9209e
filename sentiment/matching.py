"""Watchlist matching: which brands a text names, and where."""

from collections.abc import Sequence
from dataclasses import dataclass

from sentiment.doubt import Surroundings, longest, without_excluded
from sentiment.finding import Finder
from sentiment.squeezing import squeezed
from sentiment.watched import WatchedBrand
from storage.mentions import Span

__all__ = ["BrandMatch", "WatchedBrand", "Watchlist"]


@dataclass(frozen=True)
class BrandMatch:
    """A brand that a text names; spans are in order, do not overlap, and are never empty."""

    brand: WatchedBrand
    spans: tuple[Span, ...]


class Watchlist:
    """Finds the names of many brands in one pass; built once, used for every text."""

    def __init__(self, brands: Sequence[WatchedBrand]) -> None:
        self._brands = tuple(brands)
        self._finder = Finder(self._brands)

    def match(self, text: str) -> list[BrandMatch]:
        """Return the brands that *text* names, in the order of the watchlist.

        Spans are code points of *text*. Where names overlap the longest wins; a name that two
        brands share counts for both. Work grows with the text times the number of names that end
        at one place, not with the length of the watchlist.
        """
        searched = squeezed(text)
        hits = without_excluded(self._finder.find(searched))
        hits = longest(Surroundings(self._brands, searched.plain, hits).certain())
        found: dict[int, dict[Span, None]] = {}
        for hit in hits:
            found.setdefault(hit.owner, {})[Span(hit.start, hit.end)] = None
        return [BrandMatch(self._brands[owner], tuple(found[owner])) for owner in sorted(found)]
