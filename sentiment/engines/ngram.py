"""The default engine: a linear model over hashed character n-grams, three-way and calibrated.

How a text is read: ``ngram_text``. What is counted: ``ngram_features``. The weights:
``ngram_model`` and the model card in ``sentiment/models``. How they were fitted:
``sentiment/training``.
"""

from collections.abc import Sequence
from functools import cache, cached_property
from importlib.resources import as_file, files
from pathlib import Path
from typing import Final

import numpy as np

from sentiment.clauses import split_clauses
from sentiment.engines.ngram_model import VERSION, Floats, Model
from sentiment.engines.ngram_text import BLANK, BORDER, read
from sentiment.scorer import Score
from sentiment.target import score_towards
from storage.mentions import Contribution, Span

# Nothing said is neutral, and as likely negative as positive: p = .1, .8, .1.
_SILENT: Final = (0.1, 0.8, 0.1)


class NgramScorer:
    """The n-gram model behind the scorer's protocol; its weights load at the first text."""

    def __init__(self, weights: Path | None = None) -> None:
        """Use the weights of the package, or those of the file *weights*."""
        self._path = weights

    @property
    def name(self) -> str:
        """Engine and the version of its features and weights."""
        return f"ngram-{VERSION}"

    def score(self, texts: Sequence[str], source_type: str | None = None) -> list[Score]:
        """Score whole texts with the calibration of *source_type*."""
        return [Score.of(*row) for row in self.probabilities(texts, source_type).tolist()]

    def score_target(
        self, text: str, start: int, end: int, source_type: str | None = None
    ) -> Score:
        """Score the window of *text* that speaks of code points *start* to *end*."""
        return score_towards(self, text, (Span(start, end),), (), source_type)

    def explain(self, text: str) -> list[Contribution]:
        """Return what each clause adds to log(p_positive/p_negative) of the general calibration.

        A gram's weight goes to its characters in equal shares; what lies between clauses counts
        for the clause before. The difference of the biases is spread by length.
        """
        clauses = split_clauses(text)
        if not clauses:
            return []
        calibration = self._model.general
        reading = read([text])
        weights = self._model.polarity_by_character(reading) / calibration.temperature
        starts = np.array([clause.start for clause in clauses])
        owners = np.maximum(np.searchsorted(starts, reading.places, side="right") - 1, 0)
        visible = (reading.codes != BLANK) & (reading.codes != BORDER)
        if not visible.any():
            return [Contribution(clause.start, clause.end, 0.0) for clause in clauses]
        weights += visible * (calibration.biases[2] - calibration.biases[0]) / visible.sum()
        sums = np.bincount(owners, weights=weights, minlength=len(clauses)).tolist()
        return [
            Contribution(clause.start, clause.end, weight)
            for clause, weight in zip(clauses, sums, strict=True)
        ]

    def probabilities(self, texts: Sequence[str], source_type: str | None = None) -> Floats:
        """Return the probabilities of negative, neutral and positive, (texts, 3): the quick way."""
        logits, spoken = self._model.logits(texts)
        found = self._model.calibration(source_type).probabilities(logits)
        found[~spoken] = _SILENT
        return found

    @cached_property
    def _model(self) -> Model:
        return _shipped() if self._path is None else Model.load(self._path)


@cache
def _shipped() -> Model:
    with as_file(files("sentiment").joinpath("models/ngram.npz")) as path:
        return Model.load(path)
