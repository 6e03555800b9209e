"""The engines that are compared, each from rows and their source type to probabilities."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

import numpy as np

from bench.sentiment import snownlp_peer
from sentiment import engines
from sentiment.engines.ngram import NgramScorer
from sentiment.engines.ngram_model import Model
from sentiment.training.data import DataSet, Rows
from sentiment.training.measure import Floats
from sentiment.training.pipeline import judge, train

Engine = Callable[[Rows, str], Floats]

WEIGHTS: Final = Path(engines.__file__).parents[1] / "models" / "ngram.npz"
SHIPPED: Final = f"{snownlp_peer.NAME} as shipped"
RETRAINED: Final = "SnowNLP retrained"
FIRST_STAGE: Final = "ours, n-grams alone"
DEFAULT: Final = "ours, default"


def on_seen_sets(sets: Sequence[DataSet]) -> dict[str, Engine]:
    """Return the engines for dev rows: SnowNLP, also retrained on the train rows of *sets*."""
    return {
        SHIPPED: of_snownlp(snownlp_peer.shipped()),
        RETRAINED: of_snownlp(snownlp_peer.retrained([data.train for data in sets])),
        FIRST_STAGE: _of_scorer(NgramScorer(WEIGHTS)),
        DEFAULT: _of_scorer(NgramScorer()),
    }


def on_unseen_set(rest: Sequence[DataSet], seed: int) -> dict[str, Engine]:
    """Return the engines that can be trained in a minute, trained on *rest* alone."""
    return {
        SHIPPED: of_snownlp(snownlp_peer.shipped()),
        RETRAINED: of_snownlp(snownlp_peer.retrained([data.train for data in rest])),
        FIRST_STAGE: _of_model(train(rest, seed)),
    }


def of_snownlp(classifier: snownlp_peer.QuickSentiment) -> Engine:
    """Return SnowNLP's one probability, of positive, as three: it knows no neutral."""

    def answer(rows: Rows, _source_type: str) -> Floats:
        positive = np.array([classifier.classify(text) for text in rows.texts], dtype=np.float64)
        return np.stack([1 - positive, np.zeros_like(positive), positive], axis=1)

    return answer


def _of_scorer(scorer: NgramScorer) -> Engine:
    return lambda rows, source_type: scorer.probabilities(rows.texts, source_type)


def _of_model(model: Model) -> Engine:
    return lambda rows, source_type: judge(model, rows, source_type)
