"""What the target net reads: the characters around a target, each with its place towards it.

It sees what the n-gram engine sees (``ngram_text``), of a long text only what stands nearest to
the target, wherever that is named.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from sentiment.clauses import split_clauses
from sentiment.engines.charnet_text import MASKED, Numbers, characters, pairs
from sentiment.engines.ngram_text import Codes, Mask, Places, Reading, read
from storage.mentions import Span

LONGEST: Final = 128  # characters

# Distances up to each of these share a row of the table of places, behind the target and before it.
_STEPS: Final = np.array([1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48])
SIDE: Final = len(_STEPS) + 1
DISTANCES: Final = 1 + 2 * SIDE  # row 0: the target itself
OTHER, CLAUSE = DISTANCES, DISTANCES + 1  # rows of what names somebody else; of the target's clause
PLACES: Final = DISTANCES + 2
NEAR: Final = 6  # characters around the target that are looked at by themselves


@dataclass(frozen=True)
class View:
    """The characters read of a text: their row of the table of places, and what else they are.

    *near*, *clause*: within ``NEAR`` of the target; in a clause that names it.
    """

    codes: Codes
    places: Numbers
    near: Mask
    clause: Mask
    others: Mask

    def hidden(self, known: Codes) -> tuple[Numbers, Numbers]:
        """Return characters and pairs without the names of the target and of others."""
        names = (self.places == 0) | self.others
        return hidden(characters(self.codes, known), pairs(self.codes), names)


def hidden(numbers: Numbers, buckets: Numbers, names: Mask) -> tuple[Numbers, Numbers]:
    """Return characters and pairs without those of *names*, nor the pairs that would tell them."""
    touched = names | np.append(names[1:], False)
    return (
        np.where(names, np.int32(MASKED), numbers),
        np.where(touched, np.int32(0), buckets),
    )


def view(text: str, spans: Sequence[Span], others: Sequence[Span] = ()) -> View | None:
    """Return what is read of *text* towards what *spans* name; None where nothing can be read."""
    reading = read([text])
    length = int(reading.lengths[0])
    if not length or not spans:
        return None
    named = _named(reading, length, spans)
    distances = signed_distances(named)
    kept = _nearest(distances)
    starts = np.array([clause.start for clause in split_clauses(text)])
    owners = np.searchsorted(starts, reading.places[:length], side="right")
    rival = _named(reading, length, others) & ~named
    return View(
        reading.codes[:length][kept],
        place_rows(distances[kept]),
        np.abs(distances[kept]) <= NEAR,
        np.isin(owners, owners[named])[kept],
        rival[kept],
    )


def signed_distances(named: Mask) -> Places:
    """Return how far each character stands behind the nearest of *named*, below 0 before it."""
    at = np.arange(len(named))
    far = 2 * len(named) + 1
    behind = at - np.maximum.accumulate(np.where(named, at, -far))
    before = np.minimum.accumulate(np.where(named, at, far)[::-1])[::-1] - at
    return np.asarray(np.where(behind <= before, behind, -before))


def place_rows(distances: Places) -> Numbers:
    """Return the row of the table of places for each signed distance."""
    rows = np.searchsorted(_STEPS, np.abs(distances)) + 1
    rows = np.where(distances < 0, rows + SIDE, rows)
    return np.asarray(np.where(distances == 0, 0, rows), dtype=np.int32)


def _nearest(distances: Places) -> Places:
    """Return which ``LONGEST`` characters stand nearest, in their order."""
    if len(distances) <= LONGEST:
        return np.arange(len(distances))
    return np.sort(np.argsort(np.abs(distances), kind="stable")[:LONGEST])


def _named(reading: Reading, length: int, spans: Sequence[Span]) -> Mask:
    """Return which characters *spans* name; of a span that is not read, the one where it stood."""
    places = reading.places[:length]
    found = np.zeros(length, dtype=np.bool_)
    for span in spans:
        first, last = np.searchsorted(places, (span.start, span.end)).tolist()
        if first == last:
            first = max(first - 1, 0)
            last = first + 1
        found[first:last] = True
    return found
