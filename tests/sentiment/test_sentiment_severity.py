"""Severe words and the guard against denials and suppositions."""

import json
from importlib.resources import files

import pytest
from pydantic import ValidationError

from sentiment.severity import SevereRules, severe_words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("充电宝突然起火", ["起火"]),
        ("充電寶突然爆炸，兩人受傷", ["爆炸", "受伤"]),
        ("起火了，又起火了", ["起火"]),
        ("食物中毒，集体维权，媒体曝光", ["中毒", "维权", "曝光"]),
        ("刚用没几天就自燃", ["自燃"]),
        ("毫无预兆地起火", ["起火"]),
        ("厂家没有人管，漏电还是漏电", ["漏电"]),
        ("没有处理好，又冒烟了", ["冒烟"]),
        ("消防员在爆炸中受伤", ["爆炸", "受伤"]),
        ("电池存在起火风险", ["起火"]),
        ("车主起诉刹车失灵", ["起诉", "刹车失灵"]),
        ("已经起火，如果再爆炸怎么办", ["起火"]),
        ("上了315晚会", ["315"]),
        ("没有起火", []),
        ("并未发生爆炸", []),
        ("可以防止触电", []),
        ("有效避免漏电", []),
        ("未出现人员受伤", []),
        ("如果起火怎么办", []),
        ("万一中毒了呢", []),
        ("担心会爆炸", []),
        ("不会致癌", []),
        ("消防起火演练", []),
        ("爆炸是谣言", []),
        ("这个发型是爆炸头", []),
        ("广告曝光量一百万", []),
        ("信息爆炸的时代", []),
        ("首次触电大银幕", []),
        ("屏幕很亮", []),
        ("", []),
        ("\ud800\x00", []),
    ],
)
def test_severe_words(text: str, expected: list[str]) -> None:
    assert severe_words(text) == expected


def test_a_denial_ends_with_its_clause() -> None:
    assert severe_words("没有问题，起火了") == ["起火"]


# A timeout far above what it takes: only work that grows faster than the text runs into it.
@pytest.mark.timeout(30)
def test_a_long_text_takes_linear_time() -> None:
    assert severe_words("起火" * 100_000) == ["起火"]
    assert severe_words("没有" * 100_000) == []


@pytest.mark.parametrize("fault", [{"words": {"火": []}}, {"denied_before": [""]}, {"x": 1}])
def test_broken_rules_are_refused(fault: dict[str, object]) -> None:
    raw = json.loads(files("sentiment").joinpath("severe_words.json").read_text("utf-8"))
    with pytest.raises(ValidationError):
        SevereRules.model_validate(raw | fault)
