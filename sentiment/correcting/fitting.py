"""Fits a calibration to the marks of people, and checks it on marks that were held back.

Pure: arrays in, a verdict out. The marks of people are few and lean towards what caught the eye,
so the parameters are drawn towards those that change nothing, and they must earn their use.
"""

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from sentiment.calibration import IDENTITY, Floats, calibration_of, fit_parameters
from sentiment.engines.ngram_model import Calibration

FEWEST_MARKS: Final = 50
# With fewer confirmations among the marks nobody knows what the engine gets right.
LEAST_CONFIRMED: Final = 0.25
# What changes nothing counts as much as this many marks; see bench/correcting.py.
PRIOR_MARKS: Final = 5
FOLDS: Final = 10
_INVERSE_TEMPERATURES: Final = (0.1, 10.0)
# The gain in log-loss must pass its own standard error, and this many nats.
LEAST_GAIN: Final = 0.005

Reason = Literal["better", "too_few", "one_sided", "loss_not_better", "accuracy_worse"]
Labels = NDArray[np.int64]


@dataclass(frozen=True)
class Figures:
    """Before and after on held-back marks: share of right labels, log-loss in nats."""

    accuracy_before: float
    accuracy_after: float
    loss_before: float
    loss_after: float


@dataclass(frozen=True)
class Verdict:
    """A fitted calibration and whether it is to be used; *figures* None where nothing was tried."""

    calibration: Calibration
    reason: Reason
    figures: Figures | None

    @property
    def kept(self) -> bool:
        """Whether it scored better on the held-back marks."""
        return self.reason == "better"


def judge_fit(logits: Floats, labels: Labels) -> Verdict:
    """Return the calibration of all marks, and what the check says of it.

    *logits* (marks, 3) are the engine's log-probabilities, uncalibrated by us, *labels* what people
    said (0, 1, 2). Marks are dealt out to the folds in their order; each fold is judged by what the
    others taught.
    """
    plain = calibration_of(np.array(IDENTITY))
    if len(labels) < FEWEST_MARKS:
        return Verdict(plain, "too_few", None)
    before = plain.probabilities(logits)
    if float((before.argmax(axis=1) == labels).mean()) < LEAST_CONFIRMED:
        return Verdict(plain, "one_sided", None)
    after = _held_back(logits, labels)
    figures = Figures(
        _accuracy(before, labels),
        _accuracy(after, labels),
        float(_losses(before, labels).mean()),
        float(_losses(after, labels).mean()),
    )
    return Verdict(_fit(logits, labels), _reason(before, after, labels, figures), figures)


def _reason(before: Floats, after: Floats, labels: Labels, figures: Figures) -> Reason:
    gains = _losses(before, labels) - _losses(after, labels)
    error = float(gains.std(ddof=1)) / len(gains) ** 0.5
    if figures.accuracy_after < figures.accuracy_before:
        return "accuracy_worse"
    if float(gains.mean()) < max(error, LEAST_GAIN):
        return "loss_not_better"
    return "better"


def _held_back(logits: Floats, labels: Labels) -> Floats:
    """Return the probabilities of each mark by a fit that has not seen it."""
    found = np.zeros_like(logits)
    folds = np.arange(len(labels)) % FOLDS
    for fold in range(FOLDS):
        out = folds == fold
        found[out] = _fit(logits[~out], labels[~out]).probabilities(logits[out])
    return found


def _fit(logits: Floats, labels: Labels) -> Calibration:
    count = len(labels)
    weights = np.full(count, 1 / count)
    found = fit_parameters([logits], labels, weights, np.array(IDENTITY), PRIOR_MARKS / count)
    # Below 0 the engine would be believed upside down, far above it would never doubt.
    found[0] = found[0].clip(*_INVERSE_TEMPERATURES)
    return calibration_of(found)


def _accuracy(probabilities: Floats, labels: Labels) -> float:
    return float((probabilities.argmax(axis=1) == labels).mean())


def _losses(probabilities: Floats, labels: Labels) -> Floats:
    return np.asarray(-np.log(probabilities[np.arange(len(labels)), labels].clip(1e-9)))
