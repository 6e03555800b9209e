"""Tokens are those of the design, on both sides of a search."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.search.tokens import Phrase, phrase, token_text, tokens


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("华为手机", "华为 为手 手机 机"),
        ("华", "华"),
        ("iPhone15", "iphone 15"),
        ("華為Ｍａｔｅ６０", "华为 为 mate 60"),
        ("很好，推荐！", "很好 好 推荐 荐"),
        ("a_b-c", "a b c"),
        ("差评😡😡", "差评 评 😡 😡"),
        ("𠮷野家", "𠮷野 野家 家"),
        ("nul\0\ud800尾", "nul 尾"),
        ("", ""),
    ],
)
def test_text_is_cut_into_bigrams_tails_and_runs(text: str, expected: str) -> None:
    assert token_text(text) == expected


@given(st.text(alphabet=st.characters(codec=None), max_size=40))
def test_places_and_texts_of_tokens_agree(text: str) -> None:
    found = list(tokens(text))
    assert " ".join(token.text for token in found) == token_text(text)
    assert all(token.end - token.start == len(token.text) for token in found)
    assert all(0 <= token.start < token.end <= len(text) for token in found)


@pytest.mark.parametrize(
    ("term", "expected"),
    [
        ("华为", Phrase(("华为",))),
        ("华为手机", Phrase(("华为", "为手", "手机"))),
        ("华", Phrase(("华",), prefix=True)),
        ("为Mate", Phrase(("为", "mate"))),
        ("华为，好", Phrase(("华为", "为", "好"), prefix=True)),
        ("5G手机", Phrase(("5", "g", "手机"))),
        ("，！", None),
    ],
)
def test_a_term_is_one_phrase_without_the_last_tail(term: str, expected: Phrase | None) -> None:
    assert phrase(term) == expected


def test_an_endless_word_is_one_token_that_fits_every_engine() -> None:
    words = ["a" * 121, "a" * 122, "𐐀" * 500]
    (first,), (second,), (third,) = (list(tokens(word)) for word in words)
    assert first.text != second.text
    assert (first.end, second.end, third.end) == (121, 122, 500)
    for word, token in zip(words, (first, second, third), strict=True):
        # Lucene's limit, in UTF-16 units.
        assert len(token.text.encode("utf-16-le")) // 2 <= 255
        assert token_text(word) == token.text
        assert phrase(word) == Phrase((token.text,))
    assert token_text("a" * 120) == "a" * 120
