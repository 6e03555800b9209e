"""The fit of a calibration: a temperature and three biases, by Newton's method on the likelihood.

Temperature scaling with biases (Guo et al. 2017, "vector scaling" with one temperature). Training
fits it to held-back rows, ``sentiment.correcting`` to the marks of people.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sentiment.engines.ngram_model import Calibration

Floats = NDArray[np.float64]

# Inverse temperature and the biases of negative, neutral and positive that change nothing.
IDENTITY: Final = (1.0, 0.0, 0.0, 0.0)

_STEPS: Final = 50
_NEUTRAL: Final = 1


def calibration_of(found: Floats) -> Calibration:
    """Return the calibration of inverse temperature and three biases."""
    inverse, negative, neutral, positive = (float(value) for value in found)
    return Calibration(1 / inverse, (negative, neutral, positive))


def fit_parameters(
    logits: Sequence[Floats],
    labels: NDArray[np.int64],
    weights: Floats,
    start: Floats,
    pull: float,
    masked: NDArray[np.bool_] | None = None,
) -> Floats:
    """Return a weight for each of *logits* and three biases; the likelihood is concave in them.

    Each of *logits* is (rows, 3), one for every engine that is heard; the weight of a single one is
    its inverse temperature. *labels* are 0, 1, 2 for negative, neutral, positive, *weights* sum to
    1. *pull* draws towards *start* (quadratic): it settles what the rows leave open. A *masked* row
    speaks only of positive against negative.
    """
    slopes = np.zeros((len(labels), 3, len(start)))  # of each sum by each parameter
    slopes[:, :, : len(logits)] = np.stack(logits, axis=2)
    slopes[:, range(3), range(len(logits), len(start))] = 1
    wanted = np.eye(3)[labels]
    found = start.copy()
    for _ in range(_STEPS):
        sums = slopes @ found
        if masked is not None:
            sums[masked, _NEUTRAL] = -np.inf
        p = np.exp(sums - sums.max(axis=1, keepdims=True))
        p /= p.sum(axis=1, keepdims=True)
        slope = np.einsum("r,rk,rkj->j", weights, p - wanted, slopes) + pull * (found - start)
        mean = np.einsum("rk,rkj->rj", p, slopes)
        bend = np.einsum("r,rk,rki,rkj->ij", weights, p, slopes, slopes)
        bend -= np.einsum("r,ri,rj->ij", weights, mean, mean)
        step = np.linalg.solve(bend + pull * np.eye(len(start)), slope)
        found = found - step
        if np.abs(step).max() < 1e-9:
            break
    return found
