"""A rule of the wording check and its form in rules.json."""

from datetime import date
from typing import Annotated, Final, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from assets.wording.folding import fold_phrase
from assets.wording.patterns import compiled_pattern
from core.translation import to_translate

Severity = Literal["block", "needs_evidence", "caution"]
Category = Literal[
    "绝对化用语",
    "无证据排名",
    "无证据数据",
    "医疗功效",
    "收益承诺",
    "效果保证",
    "权威背书",
    "国家象征",
    "虚假紧迫",
    "价格误导",
    "封建迷信",
    "诱导未成年人",
    "贬低竞品",
    "公序良俗",
]
# Once more, marked for the catalogue: a Literal cannot hold a call.
CATEGORIES: Final = (
    to_translate("绝对化用语"),
    to_translate("无证据排名"),
    to_translate("无证据数据"),
    to_translate("医疗功效"),
    to_translate("收益承诺"),
    to_translate("效果保证"),
    to_translate("权威背书"),
    to_translate("国家象征"),
    to_translate("虚假紧迫"),
    to_translate("价格误导"),
    to_translate("封建迷信"),
    to_translate("诱导未成年人"),
    to_translate("贬低竞品"),
    to_translate("公序良俗"),
)


def _phrase(text: str) -> str:
    folded = fold_phrase(text)
    if not folded:
        raise ValueError(f"{text!r} is empty once separators are dropped")
    return folded


def _pattern(source: str) -> str:
    compiled_pattern(source)
    return source


Phrases = tuple[Annotated[str, AfterValidator(_phrase)], ...]
Patterns = tuple[Annotated[str, AfterValidator(_pattern)], ...]
_Sentence = Annotated[str, Field(min_length=2)]


class Rule(BaseModel):
    """One rule. Words are folded; ``@name`` stands for a list of the file and is put in its place.

    A hit counts unless it lies inside an exception, none of *needs* or one of *unless* stands
    within *near* characters of its sentence, or the rule is *negatable* and a denial stands before
    it. *valid_from* and *valid_until* are the first and the last day on which it holds.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]+$")]
    category: Category
    severity: Severity
    phrases: Phrases = ()
    patterns: Patterns = ()
    exceptions: Phrases = ()
    exception_patterns: Patterns = ()
    needs: Phrases = ()
    unless: Phrases = ()
    near: Annotated[int, Field(ge=1, le=60)] = 24
    negatable: bool = True
    why: _Sentence
    statute: _Sentence
    suggestion: _Sentence
    source: _Sentence
    valid_from: date | None = None
    valid_until: date | None = None

    @model_validator(mode="after")
    def _finds_something(self) -> Self:
        if not self.phrases and not self.patterns:
            raise ValueError("needs a phrase or a pattern")
        if self.valid_from and self.valid_until and self.valid_from > self.valid_until:
            raise ValueError("valid_from is after valid_until")
        return self

    def holds_on(self, day: date | None) -> bool:
        """Say whether the rule is in force on *day*; without a day every rule is."""
        if day is None:
            return True
        begun = self.valid_from is None or self.valid_from <= day
        return begun and (self.valid_until is None or day <= self.valid_until)
