"""Weighted words and patterns that speak for what a brand is doing: activity_rules.json."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Annotated, Final, Literal

from ahocorasick_rs import AhoCorasick
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from core.folding import fold

ActivityName = Literal["产品迭代", "营销动作", "用户评价", "价格", "渠道", "人事", "资本", "政策"]

READ: Final = 600  # code points of a text that are read; what it is about stands in front
_HEAD, _HEAD_BONUS = 40, 1.5
_SURROGATE: Final = re.compile("[\ud800-\udfff]")  # cannot be encoded for the search


def _pattern(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise ValueError(f"{text!r} is no regular expression: {error}") from error
    return text


_Weight = Annotated[float, Field(gt=0, le=5)]
_Word = Annotated[str, Field(min_length=2), AfterValidator(fold)]
_Pattern = Annotated[str, AfterValidator(_pattern)]


class ActivityType(BaseModel):
    """The words and patterns of one type, with their weights."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: ActivityName
    words: dict[_Word, _Weight] = Field(min_length=1)
    patterns: dict[_Pattern, _Weight] = Field(default_factory=dict)


class ActivityRules(BaseModel):
    """The form of activity_rules.json."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    version: int
    about: str
    threshold: float = Field(gt=0)
    types: tuple[ActivityType, ...]


@dataclass(frozen=True)
class Evidence:
    """One reason for a type: the text found, where it begins (code points), and its weight."""

    activity: ActivityName
    found: str
    start: int
    weight: float


class Finder:
    """Finds the words and patterns of rules; built once, used for every text."""

    def __init__(self, rules: ActivityRules) -> None:
        self.rules = rules
        self._words = [
            (word, kind.name, weight) for kind in rules.types for word, weight in kind.words.items()
        ]
        self._search = AhoCorasick([word for word, _name, _weight in self._words])
        self._patterns = [
            (re.compile(pattern), kind.name, weight)
            for kind in rules.types
            for pattern, weight in kind.patterns.items()
        ]

    def find(self, text: str) -> list[Evidence]:
        """Return everything that speaks for any type, in the order of the text."""
        folded = fold(text[:READ])
        found = [
            Evidence(name, word, start, weight * (_HEAD_BONUS if start < _HEAD else 1.0))
            for start, word, name, weight in (*self._found_words(folded), *self._matches(folded))
        ]
        return sorted(found, key=lambda evidence: evidence.start)

    def sums(self, text: str) -> list[float]:
        """Return the weight of the evidence for each type, in the order of the rules."""
        totals = {kind.name: 0.0 for kind in self.rules.types}
        for evidence in self.find(text):
            totals[evidence.activity] += evidence.weight
        return list(totals.values())

    def choice(self, text: str) -> ActivityName | None:
        """Return the type with most evidence, None when there is too little for any."""
        sums = self.sums(text)
        most = max(sums)
        return self.rules.types[sums.index(most)].name if most >= self.rules.threshold else None

    def _found_words(self, folded: str) -> Iterator[tuple[int, str, ActivityName, float]]:
        first: dict[int, int] = {}
        encodable = _SURROGATE.sub("\ufffd", folded)
        hits = self._search.find_matches_as_indexes(encodable, overlapping=True)
        for number, start, _end in hits:
            first.setdefault(number, start)
        for number, start in first.items():
            yield (start, *self._words[number])

    def _matches(self, folded: str) -> Iterator[tuple[int, str, ActivityName, float]]:
        for pattern, name, weight in self._patterns:
            if match := pattern.search(folded):
                yield match.start(), match[0], name, weight


@cache
def activity_rules() -> ActivityRules:
    """Read and check the rules; raises ``ValidationError`` when the file breaks their form."""
    return ActivityRules.model_validate(
        json.loads(files("sentiment").joinpath("activity_rules.json").read_text(encoding="utf-8"))
    )


@cache
def finder() -> Finder:
    """Return the finder of the shipped rules."""
    return Finder(activity_rules())
