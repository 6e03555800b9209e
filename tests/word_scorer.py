"""A sentiment engine of a few words: quick, and plain to foresee in a test."""

import math
import re
from collections.abc import Sequence
from typing import Final

from sentiment.clauses import split_clauses
from sentiment.scorer import Explanation, Score
from storage.mentions import Contribution

_BAD: Final = ("差", "坏", "漏", "骗")
_GOOD: Final = ("好", "赞", "喜欢")
_STEP: Final = 2.0
_NEUTRAL: Final = 1.5


class WordScorer:
    """Scores by counting good and bad words; made like every engine of ``sentiment.scorer``."""

    @property
    def name(self) -> str:
        return "words-1"

    def score(self, texts: Sequence[str], source_type: str | None = None) -> list[Score]:
        return [self._score(text) for text in texts]

    def score_target(
        self, text: str, start: int, end: int, source_type: str | None = None
    ) -> Score:
        return self._score(text)

    def explain(self, texts: Sequence[str], source_type: str | None = None) -> list[Explanation]:
        return [self._explained(text) for text in texts]

    def _explained(self, text: str) -> Explanation:
        clauses = tuple(
            Contribution(clause.start, clause.end, _lean(text[clause.start : clause.end]))
            for clause in split_clauses(text)
        )
        characters = [0.0] * len(text)
        for words, step in ((_GOOD, _STEP), (_BAD, -_STEP)):
            for word in words:
                for place in re.finditer(word, text):
                    characters[place.start() : place.end()] = [step / len(word)] * len(word)
        return Explanation(self._score(text), clauses, tuple(characters))

    def _score(self, text: str) -> Score:
        lean = _lean(text)
        return Score.of(math.exp(-lean / 2), _NEUTRAL, math.exp(lean / 2))


def _lean(text: str) -> float:
    """Log-odds of positive over negative."""
    good, bad = (sum(text.count(word) for word in words) for words in (_GOOD, _BAD))
    return _STEP * (good - bad)
