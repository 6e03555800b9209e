"""Finding: every place of a text where a word of the watchlist stands, whatever it may mean."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import Final, NamedTuple

from ahocorasick_rs import AhoCorasick

from sentiment.everyday import everyday_words
from sentiment.names import Name, addresses, han_end, han_start, is_han, is_picture, place
from sentiment.nearness import Place
from sentiment.squeezing import Squeezed, plain, seen
from sentiment.watched import Kind, WatchedBrand
from sentiment.word_borders import LONGEST_JUDGED, REACH, is_torn

NOBODY: Final = -1  # owner of the phrases inside which no brand is named
_JUDGED: Final = frozenset({"name", "alias", "product", "person"})


class Hit(NamedTuple):
    """A word of the watchlist at a place; *owner* is the brand's place in the watchlist."""

    start: int
    end: int
    owner: int
    kind: Kind
    word: str  # squeezed


_Meanings = list[tuple[int, Kind]]


class Finder:
    """Finds the words of many brands in one pass; built once, used for every text."""

    def __init__(self, brands: Sequence[WatchedBrand]) -> None:
        meanings: dict[Name, _Meanings] = {}
        pictures: dict[str, _Meanings] = {}
        for phrase in everyday_words().latin:
            meanings[Name.of(phrase)] = [(NOBODY, "exclude")]
        for owner, brand in enumerate(brands):
            for kind, word in brand.words():
                name = Name.of(word)
                if name.text:
                    meanings.setdefault(name, []).append((owner, kind))
                elif is_picture(word):
                    pictures.setdefault(plain(word).strip(), []).append((owner, kind))
        self._names: dict[str, list[tuple[Name, _Meanings]]] = {}
        for name, known in meanings.items():
            self._names.setdefault(name.text, []).append((name, known))
        self._by_pattern = list(self._names.values())
        self._automaton = AhoCorasick(list(self._names))
        self._pictures = list(pictures.items())
        self._picture_automaton = AhoCorasick(list(pictures))

    def find(self, text: Squeezed) -> list[Hit]:
        """Return what stands in *text* outside web addresses, in no order."""
        hits = [*self._named(text), *self._drawn(text.plain)]
        if hits and (links := addresses(text.plain)):
            cover = Cover([Place(*link) for link in links])
            return [hit for hit in hits if not cover.holds(hit.start, hit.end)]
        return hits

    def _named(self, text: Squeezed) -> Iterator[Hit]:
        found = self._automaton.find_matches_as_indexes(text.text, overlapping=True)
        for pattern, at, behind in found:
            for name, meanings in self._by_pattern[pattern]:
                standing = place(text, name, at)
                if standing is None:
                    continue
                torn = _torn(text, at, behind)
                for owner, kind in meanings:
                    if not (torn and kind in _JUDGED):
                        yield Hit(*standing, owner, kind, name.text)

    def _drawn(self, plain_text: str) -> Iterator[Hit]:
        if not self._pictures:
            return
        found = self._picture_automaton.find_matches_as_indexes(plain_text, overlapping=True)
        for pattern, start, end in found:
            picture, meanings = self._pictures[pattern]
            for owner, kind in meanings:
                yield Hit(start, end, owner, kind, picture)


class Cover:
    """Answers whether a range lies inside one of many, in logarithmic time."""

    def __init__(self, places: Sequence[Place]) -> None:
        ordered = sorted(places)
        self._starts = [found.start for found in ordered]
        self._ends = list(accumulate((found.end for found in ordered), max))

    def holds(self, start: int, end: int) -> bool:
        """Say whether one of the places holds all of *start* to *end*."""
        at = bisect_right(self._starts, start)
        return at > 0 and self._ends[at - 1] >= end


def _torn(text: Squeezed, at: int, behind: int) -> bool:
    word = text.text[at:behind]
    if len(word) > LONGEST_JUDGED or not is_han(word):
        return False
    before = han_end(text.text[max(0, at - REACH) : at])
    after = han_start(text.text[behind : behind + REACH])
    gaps = frozenset(
        border - at
        for border in text.gaps(at - len(before) + 1, behind + len(after))
        if seen(text.gap_before(border))
    )
    return is_torn(before, word, after, gaps)
