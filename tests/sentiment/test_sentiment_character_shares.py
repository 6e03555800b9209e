"""How what was read, and what a clause weighs, comes back to the characters of the text."""

from collections.abc import Sequence

import numpy as np
import pytest

from sentiment.engines.character_shares import character_shares
from sentiment.engines.ngram_text import read
from storage.mentions import Contribution


def shares(
    text: str, own: Sequence[float], *clauses: tuple[int, int, float]
) -> list[tuple[str, float]]:
    """Give the entries of what is read of *text* the weights *own*, the last of them the border."""
    reading = read([text])
    weights = np.array([*own, 0.0])
    assert len(weights) == len(reading.codes)
    found = character_shares(text, reading, weights, [Contribution(*each) for each in clauses])
    return list(zip(text, found.tolist(), strict=True))


def test_a_character_keeps_what_it_adds_by_itself() -> None:
    assert shares("很差", [-1.0, -2.0], (0, 2, -3.0)) == [("很", -1.0), ("差", -2.0)]


def test_what_a_clause_weighs_beyond_is_shared_alike_and_by_it_alone() -> None:
    found = shares("好，差！", [1, 0, -2, 0], (0, 2, 0.0), (2, 4, -2.5))
    assert [weight for _, weight in found] == [0.5, -0.5, -2.25, -0.25]


def test_blanks_take_no_share_and_what_lies_between_clauses_weighs_nothing() -> None:
    found = shares("a b， c", [1, 0, 1, 0, 0, 1], (0, 4, 5.0), (5, 6, 1.0))
    assert [weight for _, weight in found] == [2, 0, 2, 1, 0, 1]


def test_what_was_read_as_one_shares_alike() -> None:
    found = shares("哈哈哈哈哈", [1, 1, 3], (0, 5, 5.0))
    assert [weight for _, weight in found] == [1, 1, 1, 1, 1]
    found = shares("@xiaoming 差", [0.9, 0, -1], (0, 11, -0.1))
    assert [weight for _, weight in found[:9]] == pytest.approx([0.1] * 9)


def test_an_address_over_the_border_of_clauses_weighs_in_the_first() -> None:
    text = "www.a.cn/x!y"
    found = shares(text, [1.1], (0, 11, 1.1), (11, 12, 0.0))
    assert [weight for _, weight in found] == pytest.approx([0.1] * 11 + [0])


def test_a_clause_of_invisible_characters_takes_its_weight_too() -> None:
    found = shares("好，\u200b\u200b", [1, 0], (0, 2, 1.0), (2, 4, 0.5))
    assert [weight for _, weight in found] == [1, 0, 0.25, 0.25]


def test_invisible_characters_at_the_head_weigh_nothing() -> None:
    assert shares("\u200b差", [-1], (0, 2, -1.0)) == [("\u200b", 0.0), ("差", -1.0)]


def test_no_clause_no_weight() -> None:
    assert shares(" ", [0.0]) == [(" ", 0.0)]
