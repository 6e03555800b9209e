"""Which scenario a negative text is about, by weighted words that are data (scenarios.json)."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Annotated, Final

from ahocorasick_rs import AhoCorasick
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from assets.words import SCENARIOS, Scenario
from core.errors import InvalidInput
from core.folding import fold

# As much of a text as says what it is about; bounds the work on a hostile one.
_READ: Final = 5_000
# One weak word alone must not make a scenario certain.
_DOUBT: Final = 1.0

_Word = Annotated[str, Field(min_length=2)]
_Weight = Annotated[float, Field(ge=0.5, le=4)]


def _bounded(source: str) -> str:
    if re.search(r"[*+]|\{\d+,\}", source):
        raise ValueError("a pattern repeats without a bound; write {0,8}")
    re.compile(source)
    return source


_Pattern = Annotated[str, AfterValidator(_bounded)]


class Signals(BaseModel):
    """What signals one scenario, with weights: words as they stand, patterns as regular ones.

    All are looked for in the folded text. A weight of 1 is a hint, 3 is nearly proof. *topics* are
    what the scenario is about more closely: a name and the words that people use for it.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    words: Annotated[dict[_Word, _Weight], Field(min_length=5)]
    topics: dict[str, tuple[_Word, ...]] = {}
    patterns: dict[_Pattern, _Weight] = {}


class ScenarioFile(BaseModel):
    """scenarios.json as a whole."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    version: Annotated[int, Field(ge=1)]
    about: str
    scenarios: dict[Scenario, Signals]


@dataclass(frozen=True)
class ScenarioFit:
    """How well a text fits a scenario: *score* sums the weights of *words*, *share* is 0…1.

    The shares of all scenarios sum to less than 1: the rest is doubt.
    """

    scenario: Scenario
    score: float
    share: float
    words: tuple[str, ...]


class ScenarioReader:
    """Scores texts with the signals of a file. Thread-safe."""

    def __init__(self, given: ScenarioFile) -> None:
        weights: dict[str, dict[Scenario, float]] = defaultdict(dict)
        for scenario, signals in given.scenarios.items():
            for word, weight in signals.words.items():
                weights[fold(word)][scenario] = weight
        self._weights = dict(weights)
        self._words = list(weights)
        self._finder = AhoCorasick(self._words)
        self._topics: dict[str, list[str]] = defaultdict(list)
        for signals in given.scenarios.values():
            for topic, words in signals.topics.items():
                for word in words:
                    self._topics[fold(word)].append(topic)
        self._topic_words = list(self._topics)
        self._topic_finder = AhoCorasick(self._topic_words)
        self._patterns = [
            (re.compile(source), scenario, weight)
            for scenario, signals in given.scenarios.items()
            for source, weight in signals.patterns.items()
        ]

    @property
    def vocabulary(self) -> frozenset[str]:
        """Every word of every scenario, folded."""
        return frozenset(self._words)

    def fits(self, texts: Iterable[str]) -> tuple[ScenarioFit, ...]:
        """Return the scenarios that *texts* together signal, the best first; none: an empty tuple.

        A word counts once however often it stands in one text, and again, less, in a second text.
        """
        scores: dict[Scenario, float] = defaultdict(float)
        said: dict[Scenario, dict[str, float]] = defaultdict(dict)
        seen: dict[tuple[Scenario, str], int] = defaultdict(int)
        for text in texts:
            for scenario, word, weight in sorted(self._signals(_readable(text))):
                seen[scenario, word] += 1
                scores[scenario] += weight / seen[scenario, word] ** 2
                said[scenario][word] = weight
        whole = sum(scores.values()) + _DOUBT
        found = [
            ScenarioFit(scenario, score, score / whole, _heaviest(said[scenario]))
            for scenario, score in scores.items()
        ]
        order = list(SCENARIOS)
        return tuple(sorted(found, key=lambda fit: (-fit.score, order.index(fit.scenario))))

    def topics(self, text: str) -> dict[str, tuple[str, ...]]:
        """Return the topics that *text* touches, each with its words that stand there."""
        found: dict[str, set[str]] = defaultdict(set)
        for at, _start, _end in self._topic_finder.find_matches_as_indexes(
            _readable(text), overlapping=True
        ):
            for topic in self._topics[self._topic_words[at]]:
                found[topic].add(self._topic_words[at])
        return {topic: tuple(sorted(words)) for topic, words in found.items()}

    def _signals(self, folded: str) -> set[tuple[Scenario, str, float]]:
        found = set()
        # A word inside a longer one that also signals says nothing of its own.
        matches = self._finder.find_matches_as_indexes(folded, overlapping=True)
        spans = [(start, end, self._words[at]) for at, start, end in matches]
        for start, end, word in _outermost(spans):
            assert end > start
            found |= {(name, word, weight) for name, weight in self._weights[word].items()}
        for pattern, scenario, weight in self._patterns:
            if hit := pattern.search(folded):
                found.add((scenario, hit[0], weight))
        return found


def _readable(text: str) -> str:
    """The part that is read, folded; half characters, which posts can hold, become question marks.

    The finder reads UTF-8.
    """
    return fold(text[:_READ]).encode("utf-8", "replace").decode()


def _outermost(spans: list[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
    """Leave out the spans that lie inside another."""
    kept: list[tuple[int, int, str]] = []
    reach = -1
    for span in sorted(spans, key=lambda span: (span[0], -span[1])):
        if span[1] > reach:
            kept.append(span)
            reach = span[1]
    return kept


def _heaviest(words: Mapping[str, float]) -> tuple[str, ...]:
    return tuple(sorted(words, key=lambda word: (-words[word], -len(word), word)))


def read_scenarios(text: str) -> ScenarioFile:
    """Read a scenario file. Raises ``InvalidInput`` with the first fault."""
    try:
        read = ScenarioFile.model_validate_json(text)
    except ValidationError as error:
        fault = error.errors(include_url=False)[0]
        where = ".".join(map(str, fault["loc"]))
        raise InvalidInput(f"scenarios.json: {where}: {fault['msg']}", "scenarios") from error
    missing = sorted(set(SCENARIOS) - set(read.scenarios))
    if missing:
        raise InvalidInput(f"scenarios.json lacks {', '.join(missing)}.", "scenarios")
    return read


@cache
def scenario_reader() -> ScenarioReader:
    """Return the reader of the scenarios that ship."""
    text = files("assets").joinpath("data/scenarios.json").read_text(encoding="utf-8")
    return ScenarioReader(read_scenarios(text))
