"""Texts split to clauses."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentiment.clauses import split_clauses


def pieces(text: str) -> list[str]:
    return [text[clause.start : clause.end] for clause in split_clauses(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        (" \n ", []),
        ("一句话", ["一句话"]),
        ("外观好，续航差。", ["外观好，", "续航差。"]),
        ("太好了！！！真的", ["太好了！！！", "真的"]),
        ("标题\n正文", ["标题", "正文"]),
        ("Nice phone, bad battery.", ["Nice phone,", "bad battery."]),
        ("版本3.5很快,1,000人", ["版本3.5很快,", "1,000人"]),
        ("见 example.com 首页", ["见 example.com 首页"]),
        ("外观好但是续航差", ["外观好", "但是续航差"]),
        ("不但好看还便宜", ["不但好看还便宜"]),
        ("再好不过了", ["再好不过了"]),
        ("味道好不过价格贵", ["味道好不过价格贵"]),
        ("味道可以不过价格贵", ["味道可以", "不过价格贵"]),
        ("他说“太差了。”然后走了", ["他说“太差了。”", "然后走了"]),
        ("小米、华为都好", ["小米、华为都好"]),
        ("好然而贵可是值", ["好", "然而贵", "可是值"]),
    ],
)
def test_clauses(text: str, expected: list[str]) -> None:
    assert pieces(text) == expected


@given(st.text(st.sampled_from("好差，。 \n但是不过a.,1”"), max_size=80))
def test_every_character_lies_in_exactly_one_clause(text: str) -> None:
    assert "".join("".join(pieces(text)).split()) == "".join(text.split())
    clauses = split_clauses(text)
    assert all(a.end <= b.start for a, b in pairwise(clauses))
