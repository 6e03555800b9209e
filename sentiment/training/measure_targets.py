"""How good probabilities towards a target are: the figures of the cards and of the benchmark."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sentiment.training.data import NEGATIVE, NEUTRAL, POSITIVE, Labels
from sentiment.training.measure import Floats, Mask, share


@dataclass(frozen=True)
class TargetFigures:
    """Figures of one set of targets, each from 0 to 1; NaN where no row is there to measure it on.

    *polarity*: share of the rows labelled positive or negative whose larger of p_positive and
    p_negative is right. *mixed_polarity*: the same on texts that both praise a target and blame
    another. *accuracy*: share of all rows whose likeliest label of the three is right.
    """

    polarity: float
    mixed_polarity: float
    accuracy: float


def measure_targets(texts: Sequence[str], probabilities: Floats, labels: Labels) -> TargetFigures:
    """Return the figures of *probabilities* (rows, 3); row r aims at a target in ``texts[r]``."""
    polar = labels != NEUTRAL
    right = (probabilities[:, POSITIVE] > probabilities[:, NEGATIVE]) == (labels == POSITIVE)
    likeliest = probabilities.argmax(axis=1) == labels
    return TargetFigures(
        share(right[polar]), share(right[polar & mixed(texts, labels)]), share(likeliest)
    )


def mixed(texts: Sequence[str], labels: Labels) -> Mask:
    """Tell which rows stand in a text with a positive and a negative row."""
    said = defaultdict(set)
    for text, label in zip(texts, labels.tolist(), strict=True):
        said[text].add(label)
    return np.array([{NEGATIVE, POSITIVE} <= said[text] for text in texts], dtype=np.bool_)
