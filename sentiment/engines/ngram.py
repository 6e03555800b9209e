"""The default engine: a linear model over hashed character n-grams, three-way and calibrated.

How a text is read: ``ngram_text``. What is counted: ``ngram_features``. The weights:
``ngram_model`` and the model card in ``sentiment/models``. How they were fitted:
``sentiment/training``. A text that it leaves in doubt gets a second opinion: ``charnet``. What is
said of a target, its window and ``target_net`` say together.
"""

from collections.abc import Sequence
from functools import cache, cached_property
from importlib.resources import as_file, files
from pathlib import Path
from typing import Final

import numpy as np

from sentiment.clauses import split_clauses
from sentiment.engines import charnet_model, target_net, target_net_model
from sentiment.engines.character_shares import character_shares
from sentiment.engines.charnet import DOUBT, SecondOpinion, shipped
from sentiment.engines.ngram_model import VERSION, Floats, Model
from sentiment.engines.ngram_text import BLANK, BORDER, Mask, Places, Reading, read
from sentiment.scorer import Score, target_span
from sentiment.target import Aim, score_towards
from storage.mentions import Contribution

# Nothing said is neutral, and as likely negative as positive: p = .1, .8, .1.
_SILENT: Final = (0.1, 0.8, 0.1)


class NgramScorer:
    """The n-gram model behind the scorer's protocol; its weights load at the first text.

    The net behind it loads at the first text in doubt, that for targets at the first target.
    """

    def __init__(self, weights: Path | None = None) -> None:
        """Use the weights of the package, or those of the file *weights* with no nets behind."""
        self._path = weights

    @property
    def name(self) -> str:
        """Engine and the version of its features and weights, and those of the nets behind it."""
        own = f"ngram-{VERSION}"
        nets = f"+net-{charnet_model.VERSION}+target-{target_net_model.VERSION}"
        return own if self._path else own + nets

    def score(self, texts: Sequence[str], source_type: str | None = None) -> list[Score]:
        """Score whole texts with the calibration of *source_type*."""
        return [Score.of(*row) for row in self.probabilities(texts, source_type).tolist()]

    def score_target(
        self, text: str, start: int, end: int, source_type: str | None = None
    ) -> Score:
        """Score the window of *text* that speaks of code points *start* to *end*.

        Raises ``InvalidInput`` when that is no span of *text*.
        """
        return score_towards(self, text, (target_span(text, start, end),), (), source_type)

    def aimed(
        self, aims: Sequence[Aim], windows: Sequence[Score], source_type: str | None = None
    ) -> list[Score]:
        """Return the scores towards *aims*, given those of their windows, in order."""
        if self._path is not None or not aims:
            return list(windows)
        return target_net.shipped().scores(aims, windows, source_type)

    def explain(self, text: str, source_type: str | None = None) -> list[Contribution]:
        """Return what each clause adds to log(p_positive/p_negative) by *source_type*.

        A gram's weight goes to its characters in equal shares; what lies between clauses counts
        for the clause before. Of a text in doubt the net's states add theirs (``Net.shares``).
        What belongs to no clause, the difference of the biases first of all, is spread by length.
        """
        clauses = split_clauses(text)
        if not clauses:
            return []
        reading = read([text])
        visible = (reading.codes != BLANK) & (reading.codes != BORDER)
        if not visible.any():
            return [Contribution(clause.start, clause.end, 0.0) for clause in clauses]
        starts = np.array([clause.start for clause in clauses])
        owners = np.maximum(np.searchsorted(starts, reading.places, side="right") - 1, 0)
        sums, spread = self._shares(text, reading, owners, len(clauses), source_type)
        sums += spread * np.bincount(owners[visible], minlength=len(clauses)) / visible.sum()
        return [
            Contribution(clause.start, clause.end, weight)
            for clause, weight in zip(clauses, sums.tolist(), strict=True)
        ]

    def explain_characters(
        self,
        text: str,
        source_type: str | None = None,
        clauses: Sequence[Contribution] | None = None,
    ) -> list[float]:
        """Return what each code point adds: its shares of the grams and, alike, of the rest.

        That is its clause's part of the biases and of the net, which are known no closer.
        """
        known = self.explain(text, source_type) if clauses is None else clauses
        reading = read([text])
        if not known or not reading.spoken.any():
            return [0.0] * len(text)
        own, _second = self._linear(text, reading, source_type)
        found: list[float] = character_shares(text, reading, own, known).tolist()
        return found

    def probabilities(self, texts: Sequence[str], source_type: str | None = None) -> Floats:
        """Return the probabilities of negative, neutral and positive, (texts, 3): the quick way."""
        logits, spoken = self._model.logits(texts)
        found = self._model.calibration(source_type).probabilities(logits)
        if self._path is None:
            doubtful = np.flatnonzero(spoken & self._in_doubt(found))
            if len(doubtful) and (second := self._second):
                heard = second.logits([texts[at] for at in doubtful.tolist()])
                found[doubtful] = second.blend(source_type).probabilities(logits[doubtful], heard)
        if np.count_nonzero(spoken) < len(spoken):
            found[~spoken] = _SILENT
        return found

    def _shares(
        self, text: str, reading: Reading, owners: Places, count: int, source_type: str | None
    ) -> tuple[Floats, float]:
        """Return what each of *count* clauses adds by itself, and what is left to be spread."""
        own, second = self._linear(text, reading, source_type)
        sums = np.bincount(owners, weights=own, minlength=count).astype(np.float64)
        if second is None:
            biases = self._model.calibration(source_type).biases
            return sums, biases[2] - biases[0]
        blend = second.blend(source_type)
        effects, whole = second.polarity_by_owner(reading, owners, count)
        left = blend.second * (whole - float(effects.sum())) + blend.biases[2] - blend.biases[0]
        return sums + effects * blend.second, left

    def _linear(
        self, text: str, reading: Reading, source_type: str | None
    ) -> tuple[Floats, SecondOpinion | None]:
        """Return what each entry of *reading* adds by its grams, and the net where it is heard."""
        own = self._model.polarity_by_character(reading)
        calibration = self._model.calibration(source_type)
        logits, _spoken = self._model.logits([text])
        doubtful = self._in_doubt(calibration.probabilities(logits)).any()
        if doubtful and (second := self._second):
            return own * second.blend(source_type).first, second
        return own / calibration.temperature, None

    def _in_doubt(self, probabilities: Floats) -> Mask:
        return np.asarray(probabilities.max(axis=1) < DOUBT)

    @property
    def _second(self) -> SecondOpinion | None:
        return shipped() if self._path is None else None

    @cached_property
    def _model(self) -> Model:
        return _shipped() if self._path is None else Model.load(self._path)


@cache
def _shipped() -> Model:
    with as_file(files("sentiment").joinpath("models/ngram.npz")) as path:
        return Model.load(path)
