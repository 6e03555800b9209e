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

from sentiment.engines import charnet_model, target_net, target_net_model
from sentiment.engines.charnet import DOUBT, SecondOpinion, shipped
from sentiment.engines.ngram_explaining import Doubt, parts
from sentiment.engines.ngram_model import VERSION, Floats, Model
from sentiment.engines.ngram_text import Mask, read
from sentiment.scorer import Explanation, Score, target_span
from sentiment.target import Aim, score_towards

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

    def explain(self, texts: Sequence[str], source_type: str | None = None) -> list[Explanation]:
        """Score *texts* and say what each score comes from; see ``ngram_explaining``."""
        logits, spoken = self._model.logits(texts)
        calibration = self._model.calibration(source_type)
        found = calibration.probabilities(logits)
        doubtful = spoken & self._in_doubt(found)
        second = self._second if doubtful.any() else None
        explained = []
        for at, text in enumerate(texts):
            reading = read([text])
            doubt = None
            if second and doubtful[at]:
                doubt = Doubt(second.hear(reading), second.blend(source_type))
                found[at] = doubt.blend.probabilities(logits[at : at + 1], doubt.heard.answer)[0]
            score = Score.of(*(found[at].tolist() if spoken[at] else _SILENT))
            own = self._model.polarity_by_character(reading)
            clauses, characters = parts(text, reading, own, calibration, doubt)
            explained.append(Explanation(score, clauses, characters))
        return explained

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
