"""The fold that drops separators and keeps a way back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.wording.folding import fold_phrase, fold_words


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("最.好", "最好"),
        ("Ｎo．①", "no1"),
        ("第壹", "第一"),
        ("第 1 名", "第一名"),
        ("第1.5代", "第1.5代"),
        ("蕞佳", "最佳"),
        ("zuì好", "zui好"),
        ("99%", "99%"),
        ("最，好", "最,好"),
        ("最\n好", "最好"),
        ("最\n\n好", "最\n好"),
        ("最        好", "最\n好"),
        ("❶", "1"),
    ],
)
def test_evasions_fold_to_the_word_and_breaks_stay(text: str, folded: str) -> None:
    assert fold_phrase(text) == folded


@given(st.text())
def test_every_folded_character_knows_where_it_came_from(text: str) -> None:
    folded = fold_words(text)
    assert len(folded.text) == len(folded.origins)
    assert list(folded.origins) == sorted(folded.origins)
    assert all(0 <= origin < len(text) for origin in folded.origins)
    for at in range(len(folded.text)):
        start, end = folded.original(at, at + 1)
        assert (start, end) == (folded.origins[at], start + 1)


@given(st.text())
def test_folding_again_changes_nothing_but_breaks(text: str) -> None:
    once = fold_phrase(text).replace("\n", "")
    assert fold_phrase(once) == fold_phrase(fold_phrase(once))
