"""Questions about many ranges of one text, each answered in logarithmic time."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from itertools import accumulate


class Ranges:
    """Ranges of one meaning, in order of their starts."""

    def __init__(self, ranges: Iterable[tuple[int, int]]) -> None:
        self.pairs = sorted(ranges)
        self._starts = [start for start, _end in self.pairs]
        self._furthest = list(accumulate((end for _start, end in self.pairs), max))

    def cover(self, start: int, end: int) -> bool:
        """Say whether *start* to *end* lies inside one of them."""
        at = bisect_right(self._starts, start)
        return at > 0 and self._furthest[at - 1] >= end

    def touch(self, start: int, end: int) -> bool:
        """Say whether one holds *start* to *end*, or runs over one of its edges (最好|在)."""
        return (
            self.cover(start, end)
            or self.cover(end - 1, end + 1)
            or (start > 0 and self.cover(start - 1, start + 1))
        )

    def any_between(self, start: int, end: int) -> bool:
        """Say whether one begins at *start* or later and begins before *end*."""
        at = bisect_left(self._starts, start)
        return at < len(self._starts) and self._starts[at] < end
