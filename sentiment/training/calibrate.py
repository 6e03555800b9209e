"""Fits the calibration: a temperature and three biases for each source type, on held-back rows.

Temperature scaling with biases (Guo et al. 2017, "vector scaling" with one temperature), by
Newton's method on the likelihood, every set with the same say. A row of a set without neutral
speaks only of positive against negative: what such a set would have called neutral is unknown.
A source type's own parameters are mixed half and half with those of all sets.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sentiment.engines.ngram_model import Calibration
from sentiment.training.data import NEUTRAL, Labels

Logits = NDArray[np.float64]

_STEPS: Final = 50
_SHRINK: Final = 0.5
_PULL: Final = 1e-3  # towards where the fit began; settles what the rows leave open


@dataclass(frozen=True)
class Judged:
    """The held-back rows of one set: uncalibrated logits, (rows, 3), and labels."""

    source_type: str
    has_neutral: bool
    logits: Logits
    labels: Labels


def calibrate(judged: Sequence[Judged]) -> tuple[Calibration, dict[str, Calibration]]:
    """Return the general calibration and that of each source type."""
    general = _fit(judged, np.array([1.0, 0.0, 0.0, 0.0]))
    by_type = {}
    for source_type in sorted({each.source_type for each in judged}):
        own = _fit([each for each in judged if each.source_type == source_type], general)
        by_type[source_type] = _calibration(_SHRINK * own + (1 - _SHRINK) * general)
    return _calibration(general), by_type


def _calibration(found: NDArray[np.float64]) -> Calibration:
    inverse, negative, neutral, positive = (float(value) for value in found)
    return Calibration(1 / inverse, (negative, neutral, positive))


def _fit(judged: Sequence[Judged], start: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return inverse temperature and biases; the likelihood is concave in them."""
    logits = np.concatenate([each.logits for each in judged])
    labels = np.concatenate([each.labels for each in judged])
    weights = np.concatenate([np.full(len(each.labels), 1 / len(each.labels)) for each in judged])
    weights /= len(judged)
    masked = np.concatenate([np.full(len(each.labels), not each.has_neutral) for each in judged])
    slopes = np.zeros((len(labels), 3, 4))  # of each logit by each parameter
    slopes[:, :, 0] = logits
    slopes[:, range(3), range(1, 4)] = 1
    wanted = np.eye(3)[labels]
    found = start.copy()
    for _ in range(_STEPS):
        sums = slopes @ found
        sums[masked, NEUTRAL] = -np.inf
        p = np.exp(sums - sums.max(axis=1, keepdims=True))
        p /= p.sum(axis=1, keepdims=True)
        slope = np.einsum("r,rk,rkj->j", weights, p - wanted, slopes) + _PULL * (found - start)
        mean = np.einsum("rk,rkj->rj", p, slopes)
        bend = np.einsum("r,rk,rki,rkj->ij", weights, p, slopes, slopes)
        bend -= np.einsum("r,ri,rj->ij", weights, mean, mean)
        step = np.linalg.solve(bend + _PULL * np.eye(4), slope)
        found = found - step
        if np.abs(step).max() < 1e-9:
            break
    return found
