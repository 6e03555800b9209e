"""From lines to a model: the fit, and the threshold below which a type is not named."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from sentiment.activity import ACTIVITIES, OTHER
from sentiment.activity_model import ActivityModel, Floats
from sentiment.training.activity.fit import UNHEARD, fit
from sentiment.training.activity.lines import Line, renamed
from sentiment.training.activity.measure import named_score

# Names that no labelled line has.
_UNSEEN: Final = ("启岳", "莫兰手机", "北岸咖啡", "Luma", "清越汽车", "三叶草银行", "小舟", "禾木")
_THRESHOLDS: Final = tuple(at / 100 for at in range(20, 71, 2))


def train(lines: Sequence[Line], seed: int, unheard: float = UNHEARD) -> ActivityModel:
    """Return a model fitted to *lines*, its threshold set on folds left out of the fit."""
    grams, evidence = fit(lines, seed, unheard)
    return ActivityModel.quantised(grams, evidence, best_threshold(lines, seed, unheard))


def best_threshold(lines: Sequence[Line], seed: int, unheard: float) -> float:
    """Return the threshold with the best score on lines that the fit has not seen."""
    found = left_out(lines, seed, unheard)
    truth = [line.type for line in lines]
    best, sure = found.argmax(axis=1), found.max(axis=1)
    scores = []
    for threshold in _THRESHOLDS:
        said = [
            ACTIVITIES[at] if known else OTHER
            for at, known in zip(best.tolist(), (sure >= threshold).tolist(), strict=True)
        ]
        scores.append(named_score(truth, said))
    return _THRESHOLDS[int(np.argmax(scores))]


def left_out(lines: Sequence[Line], seed: int, unheard: float) -> Floats:
    """Return the probabilities of each line by a model fitted without its fold, (lines, types).

    The line is read under a name that the model has not seen, as texts will be.
    """
    folds = np.array([line.fold for line in lines])
    found = np.zeros((len(lines), len(ACTIVITIES)))
    rng = np.random.default_rng(seed)
    for fold in sorted(set(folds.tolist())):
        kept = [line for line in lines if line.fold != fold]
        mine = [line for line in lines if line.fold == fold]
        model = ActivityModel.quantised(*fit(kept, seed, unheard), 0)
        found[folds == fold] = model.probabilities(renamed(mine, _UNSEEN, rng))
    return found
