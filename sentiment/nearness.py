"""Nearness: whether what stands around a doubtful name speaks for the brand."""

from bisect import bisect_left
from collections.abc import Iterable
from typing import NamedTuple


class Place(NamedTuple):
    """A half-open range of code points."""

    start: int
    end: int


class Near:
    """Tells the distance to the nearest of many places, in logarithmic time."""

    def __init__(self, places: Iterable[Place] = ()) -> None:
        self._places = sorted(set(places))
        self._furthest: list[int] = []  # the largest end so far: of what begins before, the nearest
        for place in self._places:
            self._furthest.append(max(place.end, self._furthest[-1] if self._furthest else 0))

    def distance(self, start: int, end: int) -> int | None:
        """Return how far the nearest place is that does not lie inside *start* to *end*.

        0 where they touch or overlap, None where there is none.
        """
        first = bisect_left(self._places, (start,))
        found = [max(0, start - self._furthest[first - 1])] if first else []
        for at in range(first, len(self._places)):
            place = self._places[at]
            if place.start >= end:
                found.append(place.start - end)
                break
            if place.end > end:
                return 0
        return min(found, default=None)

    def within(self, start: int, end: int, reach: int) -> bool:
        """Say whether a place is at most *reach* away."""
        distance = self.distance(start, end)
        return distance is not None and distance <= reach
