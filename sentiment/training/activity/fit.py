"""Fits the weights: a softmax over scaled n-gram counts and the rules' evidence, by Adagrad.

The same form as ``sentiment.training.fit``, for nine classes and a set so small that every line is
shown several times, each time with other names in the place of its brands.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sentiment.activity_model import BUCKETS, CLASSES, Counted, Floats, Places, count, softmax
from sentiment.training.activity.lines import Labels, Line, brand_names, labels, renamed

COPIES: Final = 3
EPOCHS: Final = 12
RATE: Final = 0.1
SMOOTHING: Final = 0.1
BATCH_ROWS: Final = 64
SCALE_FROM, SCALE_TO = 0.1, 3.0
MASK: Final = "\ue0ff"  # what stands for every brand in the first copy
UNHEARD: Final = 0.2
LEAST_SEEN: Final = 2  # lines with a gram, copies not counted


def fit(lines: Sequence[Line], seed: int, unheard: float = UNHEARD) -> tuple[Floats, Floats]:
    """Return weights of grams (BUCKETS, CLASSES) and of evidence (features, CLASSES).

    *unheard* is the share of copies whose evidence is kept back, so that the wording must do;
    with 1 the rules have no say. The same lines, seed, versions and kind of processor give the
    same bits.
    """
    rng = np.random.default_rng(seed)
    names = brand_names(lines) or [MASK]
    texts = renamed(lines, [MASK], rng)
    for _ in range(COPIES - 1):
        texts += renamed(lines, names, rng)
    counted, truth = count(texts), np.tile(labels(lines), COPIES)
    counted.evidence[rng.random(len(texts)) < unheard, :-1] = 0
    scales = _scales(counted, truth)
    grams = np.zeros((BUCKETS, CLASSES))
    evidence = np.zeros((counted.evidence.shape[1], CLASSES))
    squares = (np.full_like(grams, 1e-6), np.full_like(evidence, 1e-6))
    targets = np.eye(CLASSES)[truth] * (1 - SMOOTHING) + SMOOTHING / CLASSES
    batches = -(-len(texts) // BATCH_ROWS)
    done = 0
    for _ in range(EPOCHS):
        for rows in np.array_split(rng.permutation(len(texts)), batches):
            rate = RATE * (1 - done / (EPOCHS * batches))
            _learn(counted, scales, rows, targets[rows], (grams, evidence), squares, rate)
            done += 1
    return grams * scales[:, None], evidence


def _learn(
    counted: Counted,
    scales: Floats,
    rows: Places,
    targets: Floats,
    weights: tuple[Floats, Floats],
    squares: tuple[Floats, Floats],
    rate: float,
) -> None:
    """Take one step, in place."""
    starts, ends = counted.starts[rows], counted.starts[rows + 1]
    own = np.concatenate(
        [counted.buckets[first:last] for first, last in zip(starts, ends, strict=True)]
    )
    row_of = np.repeat(np.arange(len(rows)), ends - starts)
    used, column = np.unique(own, return_inverse=True)
    value = scales[own] * counted.scales[rows][row_of]
    logits = _summed(row_of, weights[0][own] * value[:, None], len(rows))
    logits += counted.evidence[rows] @ weights[1]
    error = softmax(logits) - targets
    slope = _summed(column, error[row_of] * value[:, None], len(used))
    _step(weights[0], squares[0], used, slope, rate)
    _step(weights[1], squares[1], slice(None), counted.evidence[rows].T @ error, rate)


def _step(weights: Floats, squares: Floats, at: Places | slice, slope: Floats, rate: float) -> None:
    squares[at] += slope * slope
    weights[at] -= rate * slope / np.sqrt(squares[at])


def _summed(at: NDArray[np.int64], values: Floats, length: int) -> Floats:
    """Return the sums of the rows of *values* by their place *at*, (length, CLASSES)."""
    return np.stack(
        [np.bincount(at, weights=column, minlength=length) for column in values.T], axis=1
    )


def _scales(counted: Counted, truth: Labels) -> Floats:
    """Return how much each bucket counts: how far it tells any one class from the others.

    The |log-odds| of NB-SVM (Wang & Manning 2012), cut; 0 for what was seen too rarely.
    """
    label_of = np.repeat(truth, np.diff(counted.starts))
    seen = np.stack(
        [
            np.bincount(counted.buckets[label_of == label], minlength=BUCKETS)
            for label in range(CLASSES)
        ]
    )
    smooth = seen + 1.0
    rest = smooth.sum(axis=0) - smooth
    odds = np.log(smooth / smooth.sum(axis=1, keepdims=True))
    odds -= np.log(rest / rest.sum(axis=1, keepdims=True))
    scales = np.clip(np.abs(odds).max(axis=0), SCALE_FROM, SCALE_TO)
    scales[seen.sum(axis=0) < LEAST_SEEN * COPIES] = 0
    return np.asarray(scales)
