"""What every sentiment engine offers, and how one is chosen by name."""

import importlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal, Protocol, Self, cast

from core.errors import InvalidInput, SettingsError
from storage.mentions import Contribution, Label, Span

SourceType = Literal["weibo", "news", "finance", "forum", "review"]

# Module and class of each engine, imported when it is chosen: some take seconds.
_ENGINES: Final = {
    "ngram": ("sentiment.engines.ngram", "NgramScorer"),
    "snownlp": ("sentiment.engines.snownlp", "SnowNlpScorer"),
}


@dataclass(frozen=True)
class Score:
    """Three probabilities that sum to 1, and the label of the largest."""

    label: Label
    p_negative: float
    p_neutral: float
    p_positive: float

    @classmethod
    def of(cls, p_negative: float, p_neutral: float, p_positive: float) -> Self:
        """Make a score from three weights of at least 0, not all 0; a tie goes to neutral."""
        total = p_negative + p_neutral + p_positive
        label: Label = "neutral"
        if p_neutral < p_negative >= p_positive:
            label = "negative"
        elif p_neutral < p_positive:
            label = "positive"
        return cls(label, p_negative / total, p_neutral / total, p_positive / total)


@dataclass(frozen=True)
class Explanation:
    """A score and what it comes from, in log-odds, below 0 towards negative.

    *clauses*, in order, sum to ``log(p_positive / p_negative)`` of the whole text; *characters*
    tell what each code point adds, and those of a clause sum to its weight.
    """

    score: Score
    clauses: tuple[Contribution, ...]
    characters: tuple[float, ...]


class Scorer(Protocol):
    """A sentiment engine. It takes every string there is and never raises on one.

    The same text gives the same score: alone, in a batch, in another process or thread.
    """

    @property
    def name(self) -> str:
        """Engine and version, stored with each mention."""
        ...

    def score(self, texts: Sequence[str], source_type: str | None = None) -> list[Score]:
        """Score whole texts, in order; an unknown *source_type* uses the general calibration."""
        ...

    def score_target(
        self, text: str, start: int, end: int, source_type: str | None = None
    ) -> Score:
        """Score *text* towards what stands at code points *start* to *end* (half-open).

        Nothing may stand there (start = end); raises ``InvalidInput`` when the span is the wrong
        way round or not in the text.
        """
        ...

    def explain(self, texts: Sequence[str], source_type: str | None = None) -> list["Explanation"]:
        """Score whole texts as ``score`` does, in order, and say what each score comes from."""
        ...


def target_span(text: str, start: int, end: int) -> Span:
    """Return the span of a target; raise ``InvalidInput`` when it is none of *text*."""
    if not 0 <= start <= end <= len(text):
        raise InvalidInput(
            f"a target needs 0 <= start <= end <= {len(text)} (code points), not {start} to {end}"
        )
    return Span(start, end)


def load_scorer(name: str) -> Scorer:
    """Return the engine called *name*; raise ``SettingsError`` when there is none."""
    if name not in _ENGINES:
        known = ", ".join(sorted(_ENGINES))
        raise SettingsError(f"SHENGYU_SCORER: no engine is called {name!r}. Use one of: {known}.")
    module, engine = _ENGINES[name]
    return cast(Scorer, getattr(importlib.import_module(module), engine)())
