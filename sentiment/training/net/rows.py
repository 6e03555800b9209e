"""Rows as the net reads them, and the padded batches that a fit goes through."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sentiment.engines.charnet_text import (
    FIRST,
    MASKED,
    UNKNOWN,
    Numbers,
    characters,
    pairs,
    seen,
)
from sentiment.engines.ngram_text import Codes, Places, read
from sentiment.training.batches import FULL_SIZE
from sentiment.training.data import DataSet, Labels

LENGTHS: Final = (8, 16, 24, 32, 48, 64, 96, 128, 160)  # rows are filled up to the next of these
BATCH_CHARACTERS: Final = 4096
LEAST_SEEN: Final = 4  # characters seen less often are one unknown character
MOST_CHARACTERS: Final = 7_000
PREDICTED: Final = 0.13  # of the places of a batch: as many as a masked batch asks for
MASK_SHARE: Final = 0.15
HIDE_SHARE: Final = 0.9  # of what is asked for; the rest stands there openly
DROPPED_CHARACTERS, DROPPED_PAIRS = 0.03, 0.15

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Rows:
    """The train rows of all sets."""

    numbers: Sequence[Numbers]
    buckets: Sequence[Numbers]
    labels: Labels
    sets: Numbers
    shares: Floats  # how likely a row is in an epoch, so that no set dominates

    def sampled(self, rng: np.random.Generator) -> Places:
        """Return the rows of one epoch."""
        return np.flatnonzero(rng.random(len(self.numbers)) < self.shares)

    def batches(self, chosen: Places, rng: np.random.Generator) -> list[tuple[int, Places]]:
        """Return rows of like length with the length they are filled up to, in random order."""
        lengths = np.array([max(len(self.numbers[row]), 1) for row in chosen])
        widths = np.searchsorted(LENGTHS, lengths)
        found = []
        for at, length in enumerate(LENGTHS):
            rows = rng.permutation(chosen[widths == at])
            height = batch_height(length)
            found += [
                (length, rows[first : first + height]) for first in range(0, len(rows), height)
            ]
        return [found[at] for at in rng.permutation(len(found))]

    def padded(self, length: int, rows: Places) -> tuple[Numbers, Numbers]:
        """Return characters and pairs of *rows*, (height, length), filled up with 0."""
        return pad([self.numbers[row] for row in rows], length), pad(
            [self.buckets[row] for row in rows], length
        )


@dataclass(frozen=True)
class Masked:
    """A batch with characters hidden: *wanted* are those that stood at *places* of it."""

    numbers: Numbers
    buckets: Numbers
    places: Numbers
    wanted: Numbers
    weights: Floats


def batch_height(length: int) -> int:
    """Return how many rows of *length* make a batch."""
    return max(BATCH_CHARACTERS // length, 8)


def pad(texts: Sequence[Numbers], length: int) -> Numbers:
    """Return *texts* as one array of the height and length of a batch."""
    filled = np.zeros((batch_height(length), length), dtype=np.int32)
    for row, text in enumerate(texts):
        filled[row, : len(text)] = text
    return filled


def cut(texts: Sequence[str]) -> list[Codes]:
    """Return what the net sees of each text."""
    reading = read(texts)
    return [
        reading.codes[start + seen(length)]
        for start, length in zip(reading.starts, reading.lengths.tolist(), strict=False)
    ]


def vocabulary(sets: Sequence[DataSet]) -> Codes:
    """Return the characters that the train rows of *sets* use often enough, sorted."""
    every = np.concatenate([np.concatenate(cut(data.train.texts)) for data in sets])
    known, times = np.unique(every, return_counts=True)
    order = np.argsort(-times, kind="stable")
    often = known[order][times[order] >= LEAST_SEEN]
    return np.asarray(np.sort(often[: MOST_CHARACTERS - FIRST]), dtype=np.uint32)


def make_rows(sets: Sequence[DataSet], known: Codes) -> Rows:
    """Return the train rows of *sets*."""
    texts = [text for data in sets for text in cut(data.train.texts)]
    sizes = [len(data.train) for data in sets]
    shares = [min(1.0, (FULL_SIZE / max(size, 1)) ** 0.5) for size in sizes]
    return Rows(
        [characters(text, known) for text in texts],
        [pairs(text) for text in texts],
        np.concatenate([data.train.labels for data in sets]),
        np.repeat(np.arange(len(sets), dtype=np.int32), sizes),
        np.repeat(np.array(shares, dtype=np.float32), sizes),
    )


def dropped(
    numbers: Numbers, buckets: Numbers, rng: np.random.Generator
) -> tuple[Numbers, Numbers]:
    """Return the batch with some characters unknown and some pairs gone."""
    gone = (rng.random(numbers.shape) < DROPPED_CHARACTERS) & (numbers > 0)
    kept = rng.random(buckets.shape) >= DROPPED_PAIRS
    return np.where(gone, np.int32(UNKNOWN), numbers), np.where(kept, buckets, np.int32(0))


def masked(numbers: Numbers, buckets: Numbers, rng: np.random.Generator) -> Masked:
    """Return the batch with characters hidden, and the pairs that would tell them."""
    length = numbers.shape[1]
    asked = int(numbers.size * PREDICTED) // 8 * 8
    candidates = np.flatnonzero(numbers.ravel() >= FIRST)
    count = min(asked, max(1, int(len(candidates) * MASK_SHARE)), len(candidates))
    chosen = rng.choice(candidates, count, replace=False)
    places, weights = np.zeros(asked, dtype=np.int32), np.zeros(asked, dtype=np.float32)
    places[:count], weights[:count] = chosen, 1
    wanted = numbers.ravel()[places]
    hidden, left = numbers.copy(), buckets.copy()
    hidden.ravel()[chosen[rng.random(count) < HIDE_SHARE]] = MASKED
    left.ravel()[chosen] = 0
    left.ravel()[chosen[chosen % length > 0] - 1] = 0
    return Masked(hidden, left, places, wanted, weights)
