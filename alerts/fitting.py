"""Which approved message fits a text: by scenario and by the words they share. No database here."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from alerts.shared_words import WeighedTexts, common_runs, content_words, outermost
from assets.scenarios import ScenarioFit, ScenarioReader, scenario_reader
from core.folding import fold

# Chosen on the tuning half of the labelled posts; see bench/answers.py.
_SCENARIO_WEIGHT: Final = 1.0
_TOPIC_WEIGHT: Final = 0.6
_KEYWORD_WEIGHT: Final = 0.6
_LIKENESS_WEIGHT: Final = 1.5
_ENOUGH: Final = 0.35
# Beside one that fits well, one that fits half as well only distracts.
_NEAR_THE_BEST: Final = 0.5
# What a message must have besides its score: a scenario at least this likely, or a keyword.
_LIKELY: Final = 0.3
_MOST_WORDS: Final = 4
_READ: Final = 3_000


@dataclass(frozen=True)
class Candidate:
    """An approved message as the choice sees it; *id* is the caller's."""

    id: str
    scenario: str | None
    title: str
    keywords: tuple[str, ...] = ()
    question: str = ""
    statement: str = ""

    @property
    def headline(self) -> str:
        """What it is called and found by."""
        return "\n".join([self.title, *self.keywords, self.question])

    @property
    def text(self) -> str:
        """Everything it says."""
        return f"{self.headline}\n{self.statement}"


@dataclass(frozen=True)
class Fit:
    """That a candidate fits: *signals* are the case's words for its scenario, *words* are shared.

    *score* only orders; it is no probability.
    """

    id: str
    score: float
    signals: tuple[str, ...]
    topics: tuple[str, ...]
    words: tuple[str, ...]


@dataclass(frozen=True)
class Asked:
    """What a case says, its brand's names taken out: every post has them."""

    texts: tuple[str, ...]
    reader: ScenarioReader

    @classmethod
    def of(cls, texts: Sequence[str], ignored: Sequence[str] = ()) -> "Asked":
        """Fold *texts*, each once; *ignored* are names of the brand."""
        said = tuple(_without(text[:_READ], ignored) for text in dict.fromkeys(texts))
        return cls(said, scenario_reader())

    @cached_property
    def text(self) -> str:
        """All texts as one."""
        return "\n".join(self.texts)

    @cached_property
    def scenarios(self) -> Mapping[str, ScenarioFit]:
        """The scenarios that the texts signal, the likeliest first."""
        return {fit.scenario: fit for fit in self.reader.fits(self.texts)}

    @cached_property
    def topics(self) -> Mapping[str, tuple[str, ...]]:
        """The topics that any of the texts touches."""
        return self.reader.topics(self.text)

    @property
    def likely(self) -> ScenarioFit | None:
        """The scenario that the texts signal, when they signal one clearly enough."""
        first = next(iter(self.scenarios.values()), None)
        return first if first is not None and first.share >= _LIKELY else None


def best_fits(asked: Asked, candidates: Sequence[Candidate]) -> tuple[Fit, ...]:
    """Return the candidates that fit what is *asked*, the best first; none when none fits."""
    words = content_words(asked.text)
    weighed = WeighedTexts([_counted(each) for each in candidates])
    fits = [
        _fit(asked, each, weighed, weighed.likeness(words, at))
        for at, each in enumerate(candidates)
    ]
    found = [fit for fit in fits if fit is not None]
    best = max((fit.score for fit in found), default=0.0)
    near = [fit for fit in found if fit.score >= best * _NEAR_THE_BEST]
    return tuple(sorted(near, key=lambda fit: (-fit.score, fit.id)))


def _fit(asked: Asked, candidate: Candidate, weighed: WeighedTexts, likeness: float) -> Fit | None:
    scenario = asked.scenarios.get(candidate.scenario or "")
    share = scenario.share if scenario else 0.0
    keywords = [
        word for word in map(fold, candidate.keywords) if len(word) > 1 and word in asked.text
    ]
    theirs = asked.reader.topics(candidate.headline)
    topics = [topic for topic in asked.topics if topic in theirs]
    # Of the same scenario but about another thing: a leak is not answered by words on a smell.
    elsewhere = bool(theirs) and bool(asked.topics) and not topics
    if not keywords and elsewhere:
        return None
    # Against another scenario one word in common is chance, two are not.
    if share < _LIKELY and len(keywords) < (2 if candidate.scenario else 1):
        return None
    score = (
        _SCENARIO_WEIGHT * share
        + _TOPIC_WEIGHT * sum(_part(asked.topics[topic]) for topic in topics)
        + _KEYWORD_WEIGHT * _part(keywords)
        + _LIKENESS_WEIGHT * likeness
    )
    if score < _ENOUGH:
        return None
    runs = sorted(common_runs(candidate.text, asked.text), key=lambda run: -_weight(weighed, run))
    apart = [run for run in runs if not any(word in run or run in word for word in keywords)]
    words = (*outermost(keywords), *outermost(apart))[:_MOST_WORDS]
    signals = scenario.words[:_MOST_WORDS] if scenario else ()
    return Fit(candidate.id, score, signals, tuple(topics), words)


def _part(words: Sequence[str]) -> float:
    """Say how much *words* are worth, 0…1: the second adds half of what the first does."""
    return 1 - 0.5 ** len(words)


def _counted(candidate: Candidate) -> Counter[str]:
    # What a message is called and found by says more of it than its sentences.
    return content_words(f"{candidate.headline}\n{candidate.text}")


def _weight(weighed: WeighedTexts, run: str) -> float:
    return sum(weighed.weight(word) for word in content_words(run))


def _without(text: str, ignored: Sequence[str]) -> str:
    folded = fold(text)
    for name in sorted(map(fold, ignored), key=len, reverse=True):
        if name:
            folded = folded.replace(name, " ")
    return folded
