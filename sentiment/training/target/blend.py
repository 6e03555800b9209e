"""Fits how a window's log-probabilities and the target net's logits are weighed.

Five figures a source type: two weights and three biases, by Newton's method on the likelihood. As
in ``sentiment.training.calibrate``, a row of a set without neutral speaks only of positive against
negative, and a source type's own figures are mixed with those of all.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sentiment.engines.charnet import Blend
from sentiment.engines.target_net import Blends
from sentiment.training.data import NEUTRAL, Labels

Floats = NDArray[np.float64]

_STEPS: Final = 50
_OWN: Final = 0.75  # of a source type's own figures; the rest are those of all
_PULL: Final = 1e-3  # towards where the fit began; settles what the rows leave open
_START: Final = (0.5, 0.5, 0.0, 0.0, 0.0)


@dataclass(frozen=True)
class Heard:
    """Rows of one set: log-probabilities of windows and logits of the net, both (rows, 3).

    *say* is how much the set counts beside the others, however many rows it has.
    """

    name: str
    source_type: str
    has_neutral: bool
    windows: Floats
    net: Floats
    labels: Labels
    say: float = 1.0

    def __len__(self) -> int:
        return len(self.labels)

    def half(self, which: int) -> "Heard":
        """Return every second row, beginning at *which*."""
        chosen = slice(which, None, 2)
        return replace(
            self,
            windows=self.windows[chosen],
            net=self.net[chosen],
            labels=self.labels[chosen],
        )


def fit_blends(heard: Sequence[Heard]) -> Blends:
    """Return the general blend and that of each source type, fitted to *heard*."""
    general = _fit(heard, np.array(_START))
    by_type = {}
    for source_type in sorted({each.source_type for each in heard}):
        own = _fit([each for each in heard if each.source_type == source_type], general)
        by_type[source_type] = _blend(_OWN * own + (1 - _OWN) * general)
    return Blends(_blend(general), by_type)


def crossed(heard: Sequence[Heard]) -> Mapping[str, Floats]:
    """Return probabilities of each set's rows by blends that were fitted without them."""
    found = {each.name: np.zeros((len(each), 3)) for each in heard}
    for which in (0, 1):
        blends = fit_blends([each.half(1 - which) for each in heard])
        for each in heard:
            half, blend = each.half(which), blends.of(each.source_type)
            found[each.name][which::2] = blend.probabilities(half.windows, half.net)
    return found


def _blend(found: Floats) -> Blend:
    first, second, negative, neutral, positive = found.tolist()
    return Blend(first, second, (negative, neutral, positive))


def _fit(heard: Sequence[Heard], start: Floats) -> Floats:
    """Return weights and biases; the likelihood is concave in them."""
    labels = np.concatenate([each.labels for each in heard])
    said = sum(each.say for each in heard)
    shares = [np.full(len(each), each.say / (len(each) * said)) for each in heard if len(each)]
    weights = np.concatenate(shares)
    masked = np.concatenate([np.full(len(each), not each.has_neutral) for each in heard])
    slopes = np.zeros((len(labels), 3, len(_START)))  # of each logit by each figure
    slopes[:, :, 0] = np.concatenate([each.windows for each in heard])
    slopes[:, :, 1] = np.concatenate([each.net for each in heard])
    slopes[:, range(3), range(2, 5)] = 1
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
        step = np.linalg.solve(bend + _PULL * np.eye(len(_START)), slope)
        found = found - step
        if np.abs(step).max() < 1e-9:
            break
    return found
