"""How good probabilities are: the figures of the model card and of the benchmark."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sentiment.training.data import NEGATIVE, NEUTRAL, POSITIVE, Labels

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

_BINS: Final = 15


@dataclass(frozen=True)
class Figures:
    """Figures of one set, each from 0 to 1; NaN where the set has no row to measure it on.

    *polarity*: share of the rows labelled positive or negative whose larger of p_positive and
    p_negative is right. *negative_f1*: F1 of the label negative against all other rows.
    *false_alarms*: share of neutral rows labelled negative. *negative_recall*: share of negative
    rows labelled negative. *calibration_error*: see ``calibration_error``.
    """

    polarity: float
    negative_f1: float
    false_alarms: float
    negative_recall: float
    calibration_error: float


@dataclass(frozen=True)
class Predictions:
    """Some rows of one set: the probabilities they were given, (rows, 3), and their labels."""

    source_type: str
    has_neutral: bool
    probabilities: Floats
    labels: Labels

    def figures(self) -> Figures:
        """Return the figures of these rows."""
        return measure(self.probabilities, self.labels, has_neutral=self.has_neutral)


@dataclass(frozen=True)
class Measured:
    """The figures of each set, and the one that is measured on the rows of several together."""

    by_set: Mapping[str, Figures]
    pooled_calibration_error: float

    @classmethod
    def of(cls, predictions: Mapping[str, Predictions]) -> "Measured":
        """Return the figures of *predictions* by the names of their sets."""
        by_set = {name: each.figures() for name, each in predictions.items()}
        return cls(by_set, pooled_calibration_error(list(predictions.values())))


@dataclass(frozen=True)
class AlarmPoint:
    """What an alarm at ``p_negative >= threshold`` catches (recall) and how often it is right."""

    threshold: float
    precision: float
    recall: float


def measure(probabilities: Floats, labels: Labels, *, has_neutral: bool) -> Figures:
    """Return the figures of *probabilities* (rows, 3) against *labels*.

    A set has false alarms only when *has_neutral*: when neutral was a choice for its labellers.
    """
    said = probabilities.argmax(axis=1) == NEGATIVE
    negative, polar = labels == NEGATIVE, labels != NEUTRAL
    right = (probabilities[:, POSITIVE] > probabilities[:, NEGATIVE]) == (labels == POSITIVE)
    hits, named = int((said & negative).sum()), int(said.sum() + negative.sum())
    return Figures(
        share(right[polar]),
        2 * hits / named if named else np.nan,
        share(said[~polar]) if has_neutral else np.nan,
        share(said[negative]),
        calibration_error(probabilities[:, NEGATIVE], negative),
    )


def calibration_error(p_negative: Floats, negative: Mask) -> float:
    """Return by how much *p_negative* is off, over 15 bins of equal width; NaN without rows.

    The expected calibration error (Guo et al. 2017) of the one event "the truth is negative": in
    each bin the mean p_negative less the share of negative rows, weighted by the bin's rows. A set
    without neutral is held to the same: what p_neutral takes there, p_negative lacks.
    """
    bins = np.minimum((p_negative * _BINS).astype(np.int64), _BINS - 1)
    gaps = np.bincount(bins, weights=p_negative - negative, minlength=_BINS)
    return float(np.abs(gaps).sum()) / len(bins) if len(bins) else np.nan


def pooled_calibration_error(predictions: Sequence[Predictions]) -> float:
    """Return ``calibration_error`` of all rows of each source type together, mean of the types."""
    by_type = defaultdict(list)
    for each in predictions:
        by_type[each.source_type].append(each)
    errors = [
        calibration_error(
            np.concatenate([each.probabilities[:, NEGATIVE] for each in of_type]),
            np.concatenate([each.labels == NEGATIVE for each in of_type]),
        )
        for of_type in by_type.values()
    ]
    return _mean(errors)


def mean_figures(figures: Sequence[Figures]) -> Figures:
    """Return the mean of each figure over the sets that have it."""
    return Figures(
        *(_mean([getattr(each, field.name) for each in figures]) for field in fields(Figures))
    )


def alarm_points(
    predictions: Sequence[Predictions], thresholds: Sequence[float]
) -> list[AlarmPoint]:
    """Return precision and recall at each threshold, every set with the same say."""
    points = []
    for threshold in thresholds:
        right = wrong = missed = 0.0
        for each in predictions:
            alarm = each.probabilities[:, NEGATIVE] >= threshold
            negative = each.labels == NEGATIVE
            right += float((alarm & negative).mean())
            wrong += float((alarm & ~negative).mean())
            missed += float((~alarm & negative).mean())
        precision = right / (right + wrong) if right + wrong else np.nan
        recall = right / (right + missed) if right + missed else np.nan
        points.append(AlarmPoint(threshold, precision, recall))
    return points


def share(true: Mask) -> float:
    """Return the share of *true* that is so; NaN of nothing."""
    return float(true.mean()) if len(true) else np.nan


def _mean(values: Sequence[float]) -> float:
    known = [value for value in values if not np.isnan(value)]
    return float(np.mean(known)) if known else np.nan
