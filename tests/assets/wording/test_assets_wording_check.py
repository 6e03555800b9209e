"""Findings, verdicts, highlights and waivers."""

import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.wording import (
    DISCLAIMER,
    RuleSet,
    Waiver,
    apply_waivers,
    check,
    highlight_spans,
    load_rules,
    verdict,
)
from core.errors import InvalidInput
from storage.mentions import Span

LONGEST = 100_000
PIECES = [
    "最",
    "好",
    "第",
    "1",
    "①",
    ".",
    " ",
    "，",
    "\n",
    "不",
    "承诺",
    "保本",
    "№",
    "國家級",
    "é",
]


def found(text: str) -> list[str]:
    return [each.matched for each in check(text, load_rules())]


@pytest.mark.parametrize(
    ("text", "matched"),
    [
        ("我们是最.好的", "最.好"),
        ("第 1 品牌", "第 1 品牌"),
        ("ＮＯ.1", "ＮＯ.1"),
        ("👍№1👍", "№1"),
        ("國家級品質", "國家級"),
        ("最\u200b佳", "最\u200b佳"),
    ],
)
def test_the_span_is_that_of_the_original_spelling(text: str, matched: str) -> None:
    [finding] = check(text, load_rules())
    assert (finding.matched, text[finding.start : finding.end]) == (matched, matched)
    assert finding.statute
    assert finding.suggestion


@pytest.mark.parametrize(
    "text", ["第10名", "stop 10 cities", "NO.10 车间", "第1-3章", "最近", "不承诺保本、保收益"]
)
def test_a_longer_word_or_a_denial_is_no_claim(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize("text", ["不要错过最佳礼物", "不得不说，最佳礼物", "没有套路。最佳礼物"])
def test_what_only_looks_like_a_denial_hides_nothing(text: str) -> None:
    assert found(text) == ["最佳"]


def test_the_graver_rule_wins_and_the_verdict_is_the_gravest() -> None:
    findings = check("销量第一品牌，手慢无", load_rules())
    assert [each.severity for each in findings] == ["block", "caution"]
    assert verdict(findings) == "block"
    assert verdict(findings[1:]) == "caution"
    assert verdict([]) == "clear"
    assert DISCLAIMER == "辅助审核，不构成法律意见"


def test_touching_findings_become_one_highlight() -> None:
    findings = check("顶级极品，最佳", load_rules())
    assert highlight_spans(findings) == [Span(0, 4), Span(5, 7)]


def test_a_rule_out_of_force_is_left_out() -> None:
    rule = {
        "id": "past",
        "category": "绝对化用语",
        "severity": "block",
        "phrases": ["最佳"],
        "why": "理由",
        "statute": "法条",
        "suggestion": "建议",
        "source": "来源",
        "valid_until": "2025-12-31",
    }
    rules = RuleSet.from_json(
        json.dumps({"version": 1, "about": "", "denials": [], "rules": [rule]})
    )
    assert verdict(check("最佳", rules, date(2025, 12, 31))) == "block"
    assert check("最佳", rules, date(2026, 1, 1)) == []
    assert len(check("最佳", rules)) == 1


def test_a_waiver_covers_other_spellings_of_its_words_and_nothing_else() -> None:
    findings = check("最.佳。最佳。顶级", load_rules())
    waiver = Waiver("法务 李", "奖项全称", findings[0].rule_id, "最佳")
    parted = apply_waivers(findings, [waiver])
    assert [each.matched for each in parted.standing] == ["顶级"]
    assert [(each.matched, by.owner) for each, by in parted.waived] == [
        ("最.佳", "法务 李"),
        ("最佳", "法务 李"),
    ]


@pytest.mark.parametrize("field", ["owner", "reason", "rule_id", "matched"])
def test_a_waiver_without_a_word_in_a_field_is_refused(field: str) -> None:
    values = {"owner": "a", "reason": "b", "rule_id": "c", "matched": "d"} | {field: " "}
    with pytest.raises(InvalidInput, match=field):
        Waiver(**values)


@pytest.mark.parametrize(
    "unit", ["最", "最好", "最.", "不承诺保本", "月入1", "全国销量", "①", "\u0301", "保证，"]
)
@pytest.mark.timeout(30)
def test_a_hostile_text_takes_linear_time(unit: str) -> None:
    rules = load_rules()
    check("", rules)
    text = (unit * LONGEST)[:LONGEST]
    assert all(finding.end <= LONGEST for finding in check(text, rules))


@given(st.lists(st.one_of(st.sampled_from(PIECES), st.characters())).map("".join))
def test_spans_lie_in_the_text_in_order_without_overlap(text: str) -> None:
    at = 0
    for finding in check(text, load_rules()):
        assert at <= finding.start < finding.end <= len(text)
        assert finding.matched == text[finding.start : finding.end]
        at = finding.end
