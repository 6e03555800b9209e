"""Words that make a mention severe (fire, poison, death, rights): severe_words.json."""

import json
import re
from functools import cache
from importlib.resources import files
from typing import Annotated, Final

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from core.folding import fold
from sentiment.clauses import split_clauses

READ: Final = 20_000  # code points of a text that are read
_NEAR: Final = 4  # characters that may stand between a denial and what it denies

_NEARBY: Final = 12  # characters before a word in which a denial, or a phrase that is none, stands
_TURNS: Final = "就便又却竟突忽都才"  # 没几天就自燃: the denial belongs to what came before these

_Word = Annotated[str, Field(min_length=1), AfterValidator(fold)]
_Words = tuple[_Word, ...]


class SevereRules(BaseModel):
    """The form of severe_words.json."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    version: int
    about: str
    words: dict[Annotated[str, Field(min_length=2), AfterValidator(fold)], _Words]
    denied_before: _Words
    denied_before_except: _Words
    supposed_before: _Words
    denied_after: _Words


def severe_words(text: str) -> list[str]:
    """Return the severe words that *text* asserts, in order of first appearance, folded.

    A word that its clause denies (没有起火), prevents (防止触电) or only supposes (如果中毒) does
    not count, nor one inside a phrase of another meaning (曝光量).
    """
    folded = fold(text[:READ])
    found: dict[str, None] = {}
    for clause in split_clauses(folded):
        for word in _asserted(folded[clause.start : clause.end]):
            found[word] = None
    return list(found)


@cache
def severe_rules() -> SevereRules:
    """Read and check the rules; raises ``ValidationError`` when the file breaks their form."""
    return SevereRules.model_validate(
        json.loads(files("sentiment").joinpath("severe_words.json").read_text(encoding="utf-8"))
    )


def _asserted(clause: str) -> list[str]:
    patterns = _patterns()
    bare = patterns.other_meaning.sub(lambda found: " " * len(found[0]), clause)
    supposed = patterns.supposed.search(bare)
    sure_until = supposed.start() if supposed else len(bare)
    return [
        found[0]
        for found in patterns.word.finditer(bare, 0, sure_until)
        if not patterns.denies(bare, found.start(), found.end())
    ]


class _Patterns:
    def __init__(self, rules: SevereRules) -> None:
        self.word = re.compile(_any_of(rules.words))
        self.other_meaning = re.compile(
            _any_of([phrase for phrases in rules.words.values() for phrase in phrases])
        )
        self.denial = re.compile(f"(?:{_any_of(rules.denied_before)})[^{_TURNS}]{{0,{_NEAR}}}$")
        self.not_denial = re.compile(_any_of(rules.denied_before_except))
        self.supposed = re.compile(_any_of(rules.supposed_before))
        self.denied_after = re.compile(_any_of(rules.denied_after))

    def denies(self, clause: str, start: int, end: int) -> bool:
        """Say whether what stands around a word at *start* to *end* denies it."""
        nearby = self.not_denial.sub("", clause[max(0, start - _NEARBY) : start])
        return bool(self.denial.search(nearby) or self.denied_after.match(clause, end))


@cache
def _patterns() -> _Patterns:
    return _Patterns(severe_rules())


def _any_of(words: "dict[str, _Words] | tuple[str, ...] | list[str]") -> str:
    return "|".join(map(re.escape, sorted(words, key=len, reverse=True)))
