"""Rows as hashed grams, and the batches that a fit goes through."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sentiment.engines.ngram_features import counts, grams, text_scale
from sentiment.engines.ngram_text import read
from sentiment.training.data import DataSet, Labels

Floats = NDArray[np.float32]
Ints = NDArray[np.int32]
Places = NDArray[np.int64]

CLASSES: Final = 3
FULL_SIZE: Final = 5_000  # rows from which on a set's rows weigh less: √(5000/rows)


@dataclass(frozen=True)
class Table:
    """The train rows: the grams of row r are ``buckets[starts[r]:starts[r + 1]]``."""

    buckets: Ints
    starts: Places
    scales: Floats  # what one gram of the row counts
    labels: Labels
    sets: Ints
    weights: Floats

    def __len__(self) -> int:
        return len(self.labels)


@dataclass(frozen=True)
class Batch:
    """Some rows and everything about them that stays the same from epoch to epoch."""

    columns: Ints  # the features that occur
    places: Ints  # gram → place in columns
    row_starts: Places
    by_column: Ints  # the rows of the grams, ordered by column
    column_starts: Places
    scales: Floats
    targets: Floats  # (3, rows)
    sets: Ints
    weights: Floats


def make_table(sets: Sequence[DataSet]) -> Table:
    """Return the train rows of *sets* that say anything, as grams."""
    parts = [_part(number, data) for number, data in enumerate(sets)]
    lengths = np.concatenate([part.starts for part in parts])
    return Table(
        np.concatenate([part.buckets for part in parts]),
        np.concatenate(([0], np.cumsum(lengths))),
        np.concatenate([part.scales for part in parts]),
        np.concatenate([part.labels for part in parts]),
        np.concatenate([part.sets for part in parts]),
        np.concatenate([part.weights for part in parts]),
    )


def make_batch(table: Table, features: Ints, rows: Places, smoothing: float) -> Batch:
    """Return *rows* of *table* as a batch; *features* are the table's grams as feature numbers."""
    starts, lengths = table.starts[rows], table.starts[rows + 1] - table.starts[rows]
    ends = np.cumsum(lengths)
    row_of = np.repeat(np.arange(len(rows), dtype=np.int32), lengths)
    own = features[np.arange(int(ends[-1])) + np.repeat(starts - (ends - lengths), lengths)]
    order = np.argsort(own, kind="stable")
    ordered = own[order]
    is_new = np.ones(len(own), dtype=np.bool_)
    is_new[1:] = ordered[1:] != ordered[:-1]
    places = np.empty(len(own), dtype=np.int32)
    places[order] = np.cumsum(is_new) - 1
    targets = np.full((CLASSES, len(rows)), smoothing / CLASSES, dtype=np.float32)
    targets[table.labels[rows], np.arange(len(rows))] += 1 - smoothing
    return Batch(
        ordered[is_new],
        places,
        ends - lengths,
        row_of[order],
        np.flatnonzero(is_new),
        table.scales[rows],
        targets,
        table.sets[rows],
        table.weights[rows],
    )


def _part(number: int, data: DataSet) -> Table:
    """Return the rows of one set; *starts* holds lengths here."""
    reading = read(data.train.texts)
    found = grams(reading)
    row_of = np.repeat(np.arange(len(data.train)), np.diff(reading.starts))
    rows = np.concatenate([row_of[kind.at] for kind in found])
    buckets = np.concatenate([kind.buckets for kind in found])
    n = counts(reading, found)
    said = n > 0
    return Table(
        buckets[np.argsort(rows, kind="stable")],
        n[said],
        text_scale(n)[said].astype(np.float32),
        data.train.labels[said],
        np.full(int(said.sum()), number, dtype=np.int32),
        np.full(int(said.sum()), min(1, (FULL_SIZE / max(len(n), 1)) ** 0.5), dtype=np.float32),
    )
