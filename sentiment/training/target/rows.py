"""Rows as the target net reads them, and the padded batches that a fit goes through."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from sentiment.engines.charnet_text import UNKNOWN, Numbers, characters, pairs
from sentiment.engines.ngram_text import Codes, Mask, Places
from sentiment.engines.target_net_text import LONGEST, hidden, view
from sentiment.target import Aim
from sentiment.training.data import Labels
from sentiment.training.net.rows import (
    DROPPED_CHARACTERS,
    DROPPED_PAIRS,
    batch_height,
    pad,
)

LENGTHS: Final = (24, 48, 80, LONGEST)  # few, since each costs some seconds before it begins
HIDDEN_NAMES: Final = 0.5  # share of the rows whose names are hidden; later all are
KNOWN_OTHERS: Final = 0.5  # share of the rows that tell which characters name others


@dataclass(frozen=True)
class Row:
    """One target: characters, pairs, rows of the table of places, and what the characters are."""

    numbers: Numbers
    buckets: Numbers
    places: Numbers
    near: Mask
    clause: Mask
    others: Mask


@dataclass(frozen=True)
class Examples:
    """Rows with labels and the column of their set."""

    rows: Sequence[Row]
    labels: Labels
    sets: Numbers

    def joined(self, more: "Examples") -> "Examples":
        """Return these and *more*."""
        return Examples(
            [*self.rows, *more.rows],
            np.concatenate([self.labels, more.labels]),
            np.concatenate([self.sets, more.sets]),
        )

    def batches(self, rng: np.random.Generator) -> list[tuple[int, Places]]:
        """Return rows of like length with the length they are filled up to, in random order."""
        widths = np.searchsorted(LENGTHS, [len(row.numbers) for row in self.rows])
        found = []
        for at, length in enumerate(LENGTHS):
            rows = rng.permutation(np.flatnonzero(widths == at))
            height = batch_height(length)
            found += [
                (length, rows[first : first + height]) for first in range(0, len(rows), height)
            ]
        return [found[at] for at in rng.permutation(len(found))]

    def padded(
        self, length: int, chosen: Places, rng: np.random.Generator
    ) -> tuple[Numbers, Numbers, Numbers, Numbers]:
        """Return characters, pairs, places and marks of a batch, (height, length), 0 behind a row.

        Marks: 1 for near, 2 for the target's clause, 4 for others. Names are hidden, others made
        unknown and characters and pairs dropped at random.
        """
        numbers, buckets, places, marks = [], [], [], []
        for at in chosen.tolist():
            row = self.rows[at]
            others = row.others & (rng.random() < KNOWN_OTHERS)
            names = (row.places == 0) | others
            own = row.numbers, row.buckets
            if rng.random() < HIDDEN_NAMES:
                own = hidden(*own, names)
            numbers.append(own[0])
            buckets.append(own[1])
            places.append(row.places)
            marks.append((row.near + 2 * row.clause + 4 * others).astype(np.int32))
        every = [pad(each, length) for each in (numbers, buckets, places, marks)]
        gone = (rng.random(every[0].shape) < DROPPED_CHARACTERS) & (every[0] > UNKNOWN + 1)
        kept = rng.random(every[1].shape) >= DROPPED_PAIRS
        return (
            np.where(gone, np.int32(UNKNOWN), every[0]),
            np.where(kept, every[1], np.int32(0)),
            every[2],
            every[3],
        )


def make_examples(aims: Sequence[Aim], labels: Labels, column: int, known: Codes) -> Examples:
    """Return *aims* that can be read as rows of the set with *column*."""
    rows, kept = [], []
    for at, aim in enumerate(aims):
        seen = view(aim.text, aim.spans, aim.others)
        if seen is None:
            continue
        kept.append(at)
        rows.append(
            Row(
                characters(seen.codes, known),
                pairs(seen.codes),
                seen.places,
                seen.near,
                seen.clause,
                seen.others,
            )
        )
    return Examples(rows, labels[kept], np.full(len(kept), column, dtype=np.int32))
