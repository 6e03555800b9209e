"""The rules as data: what is refused, and that the message says where."""

import json
from importlib.resources import files
from typing import Any

import pytest

from assets.wording import RuleSet, load_rules
from assets.wording.patterns import compiled_pattern
from core.errors import InvalidInput

TEXT = files("assets.wording").joinpath("rules.json").read_text("utf-8")


def mutated(**changes: Any) -> str:
    raw = json.loads(TEXT)
    raw["rules"][3] |= changes
    return json.dumps(raw)


def test_the_shipped_rules_are_many_and_each_says_why_and_what_instead() -> None:
    rules = load_rules()
    assert rules.version >= 1
    assert len(rules.rules) >= 60
    for rule in rules.rules:
        assert all((rule.why, rule.statute, rule.suggestion, rule.source)), rule.id


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"severity": "fatal"}, "severity"),
        ({"category": "其他"}, "category"),
        ({"phrases": ["。.", "..."]}, "phrases"),
        ({"phrases": [], "patterns": []}, "needs a phrase or a pattern"),
        ({"patterns": ["(?:最+)+好"]}, "not allowed"),
        ({"patterns": ["a…b…c…d…e"]}, "at most 3"),
        ({"patterns": ["(?:最"]}, "is not a pattern"),
        ({"patterns": ["最?"]}, "empty text"),
        ({"unless": ["@nowhere"]}, "@nowhere"),
        ({"near": 1000}, "near"),
        ({"surprise": 1}, "surprise"),
        ({"statute": ""}, "statute"),
        ({"valid_from": "2026-02-01", "valid_until": "2026-01-01"}, "valid_from"),
    ],
)
def test_a_broken_rule_is_named_with_its_fault(changes: dict[str, Any], said: str) -> None:
    name = load_rules().rules[3].id
    with pytest.raises(InvalidInput) as caught:
        RuleSet.from_json(mutated(**changes))
    assert f"Rule {name}" in str(caught.value)
    assert said in str(caught.value)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"version": 1, "rules": [1]}', "{", "null"])
def test_what_is_no_rule_set_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        RuleSet.from_json(text)


def test_twins_are_refused() -> None:
    with pytest.raises(InvalidInput, match="abs-best stands 2 times"):
        RuleSet.from_json(mutated(id="abs-best"))


def test_a_rule_without_an_id_is_named_by_its_place() -> None:
    with pytest.raises(InvalidInput, match="Rule number 4"):
        RuleSet.from_json(mutated(id=None))


@pytest.mark.parametrize("source", ["a*", "a+", "(?=a)", r"\1", ".", "^a", "a{2,}", "a{1,99}", "·"])
def test_a_pattern_that_could_grow_slow_or_never_match_is_refused(source: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        compiled_pattern(source)
