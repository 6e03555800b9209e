"""Fits how a window's log-probabilities and the target net's logits are weighed.

Five figures a source type: two weights and three biases (``sentiment.calibration``). A row of a set
without neutral speaks only of positive against negative, and a source type's own figures are mixed
with those of all, which serve where nobody tells the type.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sentiment.calibration import fit_parameters
from sentiment.engines.charnet import Blend
from sentiment.engines.target_net import Blends
from sentiment.training.data import Labels

Floats = NDArray[np.float64]

_OWN: Final = 0.75  # of a source type's own figures; the rest are those of all
_PULL: Final = 1e-3  # towards where the fit began; settles what the rows leave open
_START: Final = (0.5, 0.5, 0.0, 0.0, 0.0)


@dataclass(frozen=True)
class Heard:
    """Rows of one set: log-probabilities of windows and logits of the net, all (rows, 3).

    *untyped* are those of the windows when nobody tells their source type. *say* is how much the
    set counts beside the others, however many rows it has.
    """

    name: str
    source_type: str
    has_neutral: bool
    windows: Floats
    untyped: Floats
    net: Floats
    labels: Labels
    say: float = 1.0

    def __len__(self) -> int:
        return len(self.labels)

    def without_type(self) -> "Heard":
        """Return the rows as they are heard when nobody tells their source type."""
        return replace(self, source_type="", windows=self.untyped)

    def half(self, which: int) -> "Heard":
        """Return every second row, beginning at *which*."""
        chosen = slice(which, None, 2)
        return replace(
            self,
            windows=self.windows[chosen],
            untyped=self.untyped[chosen],
            net=self.net[chosen],
            labels=self.labels[chosen],
        )


def fit_blends(heard: Sequence[Heard]) -> Blends:
    """Return the general blend and that of each source type, fitted to *heard*."""
    general = _fit([each.without_type() for each in heard], np.array(_START))
    by_type = {}
    for source_type in sorted({each.source_type for each in heard}):
        own = _fit([each for each in heard if each.source_type == source_type], general)
        by_type[source_type] = _blend(_OWN * own + (1 - _OWN) * general)
    return Blends(_blend(general), by_type)


def crossed(heard: Sequence[Heard], *, typed: bool = True) -> Mapping[str, Floats]:
    """Return probabilities of each set's rows by blends that were fitted without them.

    Not *typed*, as if nobody told their source type.
    """
    found = {each.name: np.zeros((len(each), 3)) for each in heard}
    for which in (0, 1):
        blends = fit_blends([each.half(1 - which) for each in heard])
        for each in heard:
            half = each.half(which) if typed else each.half(which).without_type()
            blend = blends.of(half.source_type)
            found[each.name][which::2] = blend.probabilities(half.windows, half.net)
    return found


def _blend(found: Floats) -> Blend:
    first, second, negative, neutral, positive = found.tolist()
    return Blend(first, second, (negative, neutral, positive))


def _fit(heard: Sequence[Heard], start: Floats) -> Floats:
    """Return the weights of windows and net, and three biases."""
    said = sum(each.say for each in heard)
    return fit_parameters(
        [
            np.concatenate([each.windows for each in heard]),
            np.concatenate([each.net for each in heard]),
        ],
        np.concatenate([each.labels for each in heard]),
        np.concatenate([np.full(len(each), each.say / (len(each) * said)) for each in heard]),
        start,
        _PULL,
        np.concatenate([np.full(len(each), not each.has_neutral) for each in heard]),
    )
