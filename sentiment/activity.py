"""What a competitor is doing, by weighted words and patterns that are data: activity_rules.json."""

import json
import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from core.folding import fold
from core.translation import to_translate

ActivityName = Literal["产品迭代", "营销动作", "用户评价", "价格", "渠道", "人事", "资本", "政策"]
OTHER: Final = to_translate("其他")
# Once more, marked for the catalogue: a Literal cannot hold a call.
ACTIVITIES: Final[tuple[str, ...]] = (
    to_translate("产品迭代"),
    to_translate("营销动作"),
    to_translate("用户评价"),
    to_translate("价格"),
    to_translate("渠道"),
    to_translate("人事"),
    to_translate("资本"),
    to_translate("政策"),
    OTHER,
)

READ: Final = 5_000  # code points of a text that are read; what it is about stands in front
_HEAD, _HEAD_BONUS = 40, 1.5


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


def classify(text: str) -> str:
    """Return one of ``ACTIVITIES``: the type with most evidence, 其他 when there is too little."""
    rules = activity_rules()
    totals: dict[str, float] = {kind.name: 0.0 for kind in rules.types}
    for evidence in explain_activity(text):
        totals[evidence.activity] += evidence.weight
    best = max(totals, key=lambda name: totals[name])
    return best if totals[best] >= rules.threshold else OTHER


def explain_activity(text: str) -> list[Evidence]:
    """Return everything that speaks for any type, in the order of the text."""
    folded = fold(text[:READ])
    found = [evidence for kind in activity_rules().types for evidence in _evidence(folded, kind)]
    return sorted(found, key=lambda evidence: evidence.start)


@cache
def activity_rules() -> ActivityRules:
    """Read and check the rules; raises ``ValidationError`` when the file breaks their form."""
    return ActivityRules.model_validate(
        json.loads(files("sentiment").joinpath("activity_rules.json").read_text(encoding="utf-8"))
    )


def _evidence(folded: str, kind: ActivityType) -> list[Evidence]:
    places = [(folded.find(word), word, weight) for word, weight in kind.words.items()]
    for pattern, weight in kind.patterns.items():
        match = re.search(pattern, folded)
        if match:
            places.append((match.start(), match[0], weight))
    return [
        Evidence(kind.name, found, start, weight * (_HEAD_BONUS if start < _HEAD else 1.0))
        for start, found, weight in places
        if start >= 0
    ]
