"""How good probabilities are: the figures of the model card and of the benchmark."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sentiment.training.data import NEGATIVE, NEUTRAL, POSITIVE, Labels

Floats = NDArray[np.float64]

_BINS: Final = 10


@dataclass(frozen=True)
class Figures:
    """Figures of one set, each from 0 to 1; NaN where the set has no row to measure it on.

    *polarity*: share of the rows labelled positive or negative whose larger of p_positive and
    p_negative is right. *negative_f1*: F1 of the label negative. *false_alarms*: share of neutral
    rows labelled negative. *calibration_error*: expected calibration error (Guo et al. 2017) over
    ten bins; in a set without neutral, of p_positive against p_negative alone.
    """

    polarity: float
    negative_f1: float
    false_alarms: float
    calibration_error: float


@dataclass(frozen=True)
class AlarmPoint:
    """What an alarm at ``p_negative >= threshold`` catches (recall) and how often it is right."""

    threshold: float
    precision: float
    recall: float


def measure(probabilities: Floats, labels: Labels, *, has_neutral: bool) -> Figures:
    """Return the figures of *probabilities* (rows, 3) against *labels*."""
    said = probabilities.argmax(axis=1)
    polar = labels != NEUTRAL
    right = (probabilities[:, POSITIVE] > probabilities[:, NEGATIVE]) == (labels == POSITIVE)
    hits = int(((said == NEGATIVE) & (labels == NEGATIVE)).sum())
    named = int((said == NEGATIVE).sum() + (labels == NEGATIVE).sum())
    return Figures(
        _share(right[polar]),
        2 * hits / named if named else np.nan,
        _share(said[~polar] == NEGATIVE),
        _calibration_error(probabilities, labels, has_neutral),
    )


def mean_figures(figures: Sequence[Figures]) -> Figures:
    """Return the mean of each figure over the sets that have it."""
    means = []
    for field in fields(Figures):
        known = [value for each in figures if not np.isnan(value := getattr(each, field.name))]
        means.append(float(np.mean(known)) if known else np.nan)
    return Figures(*means)


def alarm_points(
    judged: Sequence[tuple[Floats, Labels]], thresholds: Sequence[float]
) -> list[AlarmPoint]:
    """Return precision and recall at each threshold, every set with the same say."""
    points = []
    for threshold in thresholds:
        right = wrong = missed = 0.0
        for probabilities, labels in judged:
            alarm, negative = probabilities[:, NEGATIVE] >= threshold, labels == NEGATIVE
            right += float((alarm & negative).mean())
            wrong += float((alarm & ~negative).mean())
            missed += float((~alarm & negative).mean())
        precision = right / (right + wrong) if right + wrong else np.nan
        recall = right / (right + missed) if right + missed else np.nan
        points.append(AlarmPoint(threshold, precision, recall))
    return points


def _share(true: NDArray[np.bool_]) -> float:
    return float(true.mean()) if len(true) else np.nan


def _calibration_error(probabilities: Floats, labels: Labels, has_neutral: bool) -> float:
    if not has_neutral:
        probabilities = probabilities[:, [NEGATIVE, POSITIVE]]
        probabilities = probabilities / probabilities.sum(axis=1, keepdims=True)
        labels = (labels == POSITIVE).astype(np.int64)
    sure = probabilities.max(axis=1)
    right = probabilities.argmax(axis=1) == labels
    bins = np.minimum((sure * _BINS).astype(int), _BINS - 1)
    gaps = [abs(float(right[bins == at].sum() - sure[bins == at].sum())) for at in range(_BINS)]
    return sum(gaps) / len(labels) if len(labels) else np.nan
