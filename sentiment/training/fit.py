"""Fits the weights: a three-way softmax over scaled n-gram counts, by Adagrad.

The scaling is that of NB-SVM (Wang & Manning 2012): a feature counts by how far it tells the
classes apart, here |log-odds| of positive against negative or of neutral against both, cut to
``SCALE_FROM`` … ``SCALE_TO``. The step is Adagrad's (Duchi, Hazan & Singer 2011) with a rate that
falls to nothing, the targets are smoothed (Szegedy et al. 2016). Two things let sets of unlike
make-up be fitted together: a column for each set, which takes up what is usual there, and row
weights (see ``batches``).
"""

from collections.abc import Sequence
from typing import Final

import numpy as np

from sentiment.engines.ngram_features import BUCKETS
from sentiment.training.batches import (
    CLASSES,
    Batch,
    Floats,
    Ints,
    Places,
    Table,
    make_batch,
    make_table,
)
from sentiment.training.data import DataSet

EPOCHS: Final = 8
RATE: Final = 0.1
SMOOTHING: Final = 0.1
BATCH_ROWS: Final = 256
SCALE_FROM, SCALE_TO = 0.1, 3.0
LEAST_SEEN: Final = 2  # grams seen less often are left out: they teach little and fill the table
SET_COLUMN: Final = 0.1


def fit(sets: Sequence[DataSet], seed: int) -> Floats:
    """Return weights (BUCKETS, 3), fitted to the train rows of *sets*.

    What the columns of the sets learned is left out: the calibration puts its own biases there.
    The same sets, seed, versions and kind of processor give the same bits.
    """
    table = make_table(sets)
    kept, features = _kept(table.buckets)
    scales = _feature_scales(table, features, len(kept))
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(table))
    batches = [
        make_batch(table, features, order[first : first + BATCH_ROWS], SMOOTHING)
        for first in range(0, len(order), BATCH_ROWS)
    ]
    weights = np.zeros((BUCKETS, CLASSES), dtype=np.float32)
    weights[kept] = (_descend(batches, scales, len(sets), rng) * scales)[:, :-1].T
    return weights


def _kept(buckets: Ints) -> tuple[Places, Ints]:
    """Return the buckets seen often enough, and for each gram its place among them or behind."""
    kept = np.flatnonzero(np.bincount(buckets, minlength=BUCKETS) >= LEAST_SEEN)
    place = np.full(BUCKETS, len(kept), dtype=np.int32)
    place[kept] = np.arange(len(kept), dtype=np.int32)
    return kept, place[buckets]


def _feature_scales(table: Table, features: Ints, kept: int) -> Floats:
    """Return how much each feature counts; the last, of all rare grams together, nothing."""
    lengths = np.diff(table.starts)
    labels, weights = np.repeat(table.labels, lengths), np.repeat(table.weights, lengths)
    seen = np.stack(
        [
            np.bincount(features, weights=weights * (labels == label), minlength=kept + 1)
            for label in range(CLASSES)
        ]
    )
    share = (seen + 1) / (seen + 1).sum(axis=1, keepdims=True)
    negative, neutral, positive = share
    polarity = np.abs(np.log(positive / negative))
    neutrality = np.abs(np.log(2 * neutral / (positive + negative)))
    scales = np.clip(np.maximum(polarity, neutrality), SCALE_FROM, SCALE_TO)
    scales[-1] = 0
    return np.asarray(scales, dtype=np.float32)


def _descend(
    batches: Sequence[Batch], scales: Floats, set_count: int, rng: np.random.Generator
) -> Floats:
    """Return weights (3, features); the columns of the sets stand behind the features."""
    width = len(scales)
    columns = np.concatenate([scales, np.full(set_count, SET_COLUMN, dtype=np.float32)])
    weights = np.zeros((CLASSES, width + set_count), dtype=np.float32)
    squares = np.full_like(weights, 1e-6)
    steps, done = EPOCHS * len(batches), 0
    for _ in range(EPOCHS):
        for at in rng.permutation(len(batches)):
            rate = np.float32(RATE * (1 - done / steps))
            _learn(batches[at], columns, width, weights, squares, rate)
            done += 1
    return weights[:, :width]


def _learn(
    batch: Batch,
    columns: Floats,
    width: int,
    weights: Floats,
    squares: Floats,
    rate: np.float32,
) -> None:
    """Take one step, in place."""
    used = weights[:, batch.columns] * columns[batch.columns]
    sums = np.add.reduceat(np.take(used, batch.places, axis=1), batch.row_starts, axis=1)
    sums *= batch.scales
    sums += weights[:, width + batch.sets] * columns[-1]
    error = (_softmax(sums) - batch.targets) * batch.weights
    spread = np.take(error * batch.scales, batch.by_column, axis=1)
    slope = np.add.reduceat(spread, batch.column_starts, axis=1) * columns[batch.columns]
    of_sets = [
        np.bincount(batch.sets, weights=row, minlength=weights.shape[1] - width) for row in error
    ]
    slope = np.concatenate([slope, np.array(of_sets, dtype=np.float32) * columns[-1]], axis=1)
    at = np.concatenate([batch.columns, np.arange(width, weights.shape[1])])
    square = squares[:, at] + slope * slope
    squares[:, at] = square
    weights[:, at] -= rate * slope / np.sqrt(square)


def _softmax(sums: Floats) -> Floats:
    powers = np.exp(sums - sums.max(axis=0))
    return np.asarray(powers / powers.sum(axis=0))
