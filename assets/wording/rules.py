"""The rule set: rules.json, read and checked as a whole."""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from assets.wording.matching import NO_DENIALS, Denials, Matcher
from assets.wording.rule import Phrases, Rule
from core.errors import InvalidInput

_WORD_LISTS = ("phrases", "exceptions", "needs", "unless")


class _RulesFile(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    version: Annotated[int, Field(ge=1)]
    about: str
    denials: Phrases
    denials_except: Phrases = ()
    lists: dict[Annotated[str, Field(pattern=r"^[a-z_]+$")], Phrases] = {}
    rules: Annotated[tuple[Rule, ...], Field(min_length=1)]


@dataclass(frozen=True)
class RuleSet:
    """Rules with the *version* that is kept with every result; *denials* turn a claim around."""

    version: int
    rules: tuple[Rule, ...]
    denials: Denials = NO_DENIALS

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read a rule set. Raises ``InvalidInput`` that names the rule, the field and the fault."""
        try:
            raw = json.loads(text)
        except ValueError as error:
            raise InvalidInput(f"The wording rules are not JSON: {error}", "rules") from error
        if not isinstance(raw, dict):
            raise InvalidInput("The wording rules must be one JSON object.", "rules")
        _put_lists_in_place(raw)
        try:
            read = _RulesFile.model_validate_json(json.dumps(raw))
        except ValidationError as error:
            raise InvalidInput(_sentences(error, raw), "rules") from error
        _refuse_twins(read.rules)
        return cls(read.version, read.rules, Denials(read.denials, read.denials_except))

    @cached_property
    def matcher(self) -> Matcher:
        """What finds all rules in one pass; built once."""
        return Matcher(self.rules, self.denials)


@cache
def load_rules() -> RuleSet:
    """Return the rules that ship with the service."""
    return RuleSet.from_json(files("assets.wording").joinpath("rules.json").read_text("utf-8"))


def _put_lists_in_place(raw: dict[str, Any]) -> None:
    """Put the words of a named list where a rule says ``@name``."""
    lists = raw.get("lists", {})
    rules = raw.get("rules")
    for place, rule in enumerate(rules if isinstance(rules, list) else ()):
        for field in _WORD_LISTS if isinstance(rule, dict) else ():
            words = rule.get(field)
            if isinstance(words, list):
                rule[field] = _expanded(words, lists, f"{_name(raw, place)}, {field}")


def _expanded(words: list[Any], lists: Any, where: str) -> list[Any]:
    expanded: list[Any] = []
    for word in words:
        if not isinstance(word, str) or not word.startswith("@"):
            expanded.append(word)
            continue
        named = lists.get(word[1:]) if isinstance(lists, Mapping) else None
        if not isinstance(named, list):
            raise InvalidInput(f"{where}: there is no list {word}. Add it to lists.", "rules")
        expanded.extend(named)
    return expanded


def _refuse_twins(rules: tuple[Rule, ...]) -> None:
    for name, count in Counter(rule.id for rule in rules).items():
        if count > 1:
            raise InvalidInput(f"Rule {name} stands {count} times. Give each its own id.", "rules")


def _sentences(error: ValidationError, raw: Mapping[str, Any]) -> str:
    return "\n".join(
        f"{_place(fault['loc'], raw)}: {fault['msg'].removeprefix('Value error, ')}"
        for fault in error.errors(include_url=False, include_input=False)
    )


def _place(at: tuple[int | str, ...], raw: Mapping[str, Any]) -> str:
    """Name a rule by its id where it has one, else by its place from 1."""
    if len(at) < 2 or at[0] != "rules" or not isinstance(at[1], int):
        return ".".join(map(str, at)) or "rules"
    return ", ".join([_name(raw, at[1]), *map(str, at[2:])])


def _name(raw: Mapping[str, Any], place: int) -> str:
    rule = raw["rules"][place]
    name = rule.get("id") if isinstance(rule, dict) else None
    return f"Rule {name}" if isinstance(name, str) and name else f"Rule number {place + 1}"
