"""The few words that a score comes from most."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentiment.scorer import Scorer
from sentiment.telling_words import MOST, telling_words


def told(text: str, characters: Sequence[float]) -> list[tuple[str, float]]:
    found = telling_words(text, characters)
    return [(text[word.start : word.end], round(word.weight, 3)) for word in found]


def test_the_whole_word_around_a_heavy_character_is_told_with_its_weight() -> None:
    assert told("我真后悔买了", [0, 0, -0.4, -0.9, -0.1, 0]) == [("后悔", -1.3)]


def test_the_word_that_weighs_most_is_chosen_among_those_that_overlap() -> None:
    assert told("还不错误", [0, -0.2, -1, 0.1]) == [("不错", -1.2)]
    assert told("还不错误", [0, 0, -1, -0.4]) == [("错误", -1.4)]


def test_a_word_is_whole_though_a_part_of_it_leans_a_little_otherwise() -> None:
    assert told("错误", [-1, 0.2]) == [("错误", -0.8)]


def test_a_word_keeps_its_side_though_its_neighbours_lean_otherwise() -> None:
    assert told("还不错误", [0, 0.9, -1, 0.35]) == [("不", 0.9), ("错", -1)]
    assert told("a11", [1.0, -0.8, -0.8]) == [("a", 1.0), ("11", -1.6)]


def test_a_traditional_word_is_a_word_too() -> None:
    assert told("客服態度惡劣", [0, 0, 0, 0, -0.8, -0.5]) == [("惡劣", -1.3)]


def test_words_that_touch_are_one_and_stand_in_the_order_of_the_text() -> None:
    weights = [0.9, 0.9, 0, -1, -0.9, -0.8, -0.9]
    assert told("漂亮，不是不好", weights) == [("漂亮", 1.8), ("不是不好", -3.6)]


def test_a_name_in_latin_letters_is_told_whole() -> None:
    assert told("用iPhone15卡", [0, 0, 0, -1, 0, 0, 0, 0, 0, 0]) == [("iPhone15", -1.0)]


def test_punctuation_and_blanks_tell_nothing_but_an_emoji_does() -> None:
    assert told("。！ 😡", [-3, -2, -2, -1]) == [("😡", -1.0)]
    assert told("。！ ,", [-3, -2, -2, -1]) == []


def test_what_weighs_little_beside_the_rest_is_left_out() -> None:
    assert told("电池差，屏幕好", [0, 0, -2, 0, 0, 0, 0.4]) == [("差", -2.0)]
    assert told("电池差，屏幕好", [0, 0, -0.01, 0, 0, 0, 0]) == []


def test_of_many_heavy_words_a_few_are_told() -> None:
    text = "差，" * 30
    assert len(telling_words(text, [-1.0, 0.0] * 30)) == MOST


@given(st.lists(st.tuples(st.characters(codec=None), st.floats(-9, 9)), max_size=40))
def test_words_of_any_string_stand_in_it_in_order(given_: list[tuple[str, float]]) -> None:
    text = "".join(sign for sign, _ in given_)
    weights = [weight for _, weight in given_]
    at = 0
    for word in telling_words(text, weights):
        assert at <= word.start < word.end <= len(text)
        assert word.weight == pytest.approx(sum(weights[word.start : word.end]))
        at = word.end


@pytest.mark.parametrize(
    ("text", "worst"),
    [
        ("等了三天没人回电话，太失望了", "失望"),
        ("屏幕不错，电池不耐用，一天要充三次，后悔买了", "后悔"),
        ("外观漂亮，非常喜欢，但是客服态度恶劣，垃圾", "垃圾"),
    ],
)
def test_the_default_engine_tells_the_word_that_a_reader_would(
    ngram: Scorer, text: str, worst: str
) -> None:
    words = telling_words(text, ngram.explain([text])[0].characters)
    heaviest = min(words, key=lambda word: word.weight)
    assert text[heaviest.start : heaviest.end] == worst
