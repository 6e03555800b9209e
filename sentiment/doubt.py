"""Doubt: which finds of a watchlist's words are the brand, judged by what stands around them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from sentiment.everyday import Sense, is_cued, senses
from sentiment.finding import NOBODY, Cover, Hit
from sentiment.nearness import Near, Place
from sentiment.watched import WatchedBrand

ANCHOR_REACH: Final = 1_000  # code points within which a clear name settles a doubtful one
CODE_REACH: Final = 300  # and a short product code
CONTEXT_REACH: Final = 40  # and within which a word of the context does

_NAMES: Final = frozenset({"name", "alias", "product"})


def without_excluded(hits: Sequence[Hit]) -> list[Hit]:
    """Drop what lies inside an exclude phrase of its own brand, or of nobody's."""
    phrases: dict[int, list[Place]] = {}
    for hit in hits:
        if hit.kind == "exclude":
            phrases.setdefault(hit.owner, []).append(Place(hit.start, hit.end))
    covers = {owner: Cover(found) for owner, found in phrases.items()}
    return [
        hit
        for hit in hits
        if hit.kind != "exclude"
        and not any(
            owner in covers and covers[owner].holds(hit.start, hit.end)
            for owner in (hit.owner, NOBODY)
        )
    ]


def longest(hits: Sequence[Hit]) -> list[Hit]:
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


class Surroundings:
    """What stands around the finds of one text."""

    def __init__(
        self, brands: Sequence[WatchedBrand], plain_text: str, hits: Sequence[Hit]
    ) -> None:
        self._brands = brands
        self._text = plain_text
        self._hits = hits
        self._context = _near(hit for hit in hits if hit.kind == "context")

    def certain(self) -> list[Hit]:
        """Return the finds that name their brand; they may still overlap."""
        named = [hit for hit in self._hits if hit.kind not in ("context", "code")]
        doubtful = [hit for hit in named if self._is_doubtful(hit)]
        kept = [hit for hit in named if not self._is_doubtful(hit) and not self._is_everyday(hit)]
        kept += self._settled(doubtful, kept, set(longest(named)))
        beside = _near(hit for hit in kept if hit.kind in _NAMES)
        return kept + [
            hit for hit in self._hits if hit.kind == "code" and _is_near(beside, hit, CODE_REACH)
        ]

    def _settled(
        self, doubtful: Sequence[Hit], clear: Iterable[Hit], uncovered: set[Hit]
    ) -> list[Hit]:
        """Return the doubtful finds with evidence of their own, or near what is beyond doubt."""
        if not doubtful:
            return []
        proven = {hit for hit in doubtful if self._has_evidence(hit)}
        anchors = _near(hit for hit in (*clear, *proven) if hit in uncovered)
        return [
            hit
            for hit in doubtful
            if hit in proven
            or (_is_near(anchors, hit, ANCHOR_REACH) and self._sign_distance(hit) is None)
        ]

    def _is_doubtful(self, hit: Hit) -> bool:
        brand = self._brands[hit.owner]
        if not brand.context:
            return False
        return hit.kind == "alias" or (hit.kind == "name" and hit.word in senses())

    def _is_everyday(self, hit: Hit) -> bool:
        return self._sign_distance(hit) is not None and not self._is_cued(hit)

    def _has_evidence(self, hit: Hit) -> bool:
        if self._is_cued(hit):
            return True
        context = self._context.get(hit.owner)
        distance = context.distance(hit.start, hit.end) if context else None
        if distance is None or distance > CONTEXT_REACH:
            return False
        sign = self._sign_distance(hit)
        return sign is None or distance <= sign

    def _is_cued(self, hit: Hit) -> bool:
        return self._other_sense(hit) is not None and is_cued(self._text, hit.end)

    def _sign_distance(self, hit: Hit) -> int | None:
        """Return how far the nearest sign of the everyday sense is; None where there is none."""
        sense = self._other_sense(hit)
        return sense.nearest(self._text, hit.start, hit.end) if sense else None

    def _other_sense(self, hit: Hit) -> Sense | None:
        """Return the sense in which the word is not the brand; None where it has no such sense."""
        sense = senses().get(hit.word)
        # To who watches orchards, fruit is no other sense of 苹果.
        if sense is None or not sense.signs.isdisjoint(self._brands[hit.owner].context):
            return None
        return sense


def _near(hits: Iterable[Hit]) -> dict[int, Near]:
    """Return the places of *hits* by their owners."""
    places: dict[int, list[Place]] = {}
    for hit in hits:
        places.setdefault(hit.owner, []).append(Place(hit.start, hit.end))
    return {owner: Near(found) for owner, found in places.items()}


def _is_near(near: Mapping[int, Near], hit: Hit, reach: int) -> bool:
    places = near.get(hit.owner)
    return places is not None and places.within(hit.start, hit.end, reach)
