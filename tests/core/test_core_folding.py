import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.folding import fold

ANY_TEXT = st.text(st.characters())
WITH_SURROGATES = st.text(st.characters(categories=["Cs", "Lu", "Lo", "So", "Mn"]))


@given(ANY_TEXT)
def test_folding_keeps_the_length_of_every_text(text: str) -> None:
    assert len(fold(text)) == len(text)


@given(WITH_SURROGATES)
def test_folding_keeps_the_length_of_texts_with_lone_surrogates(text: str) -> None:
    assert len(fold(text)) == len(text)


def test_every_single_code_point_folds_to_one() -> None:
    assert all(len(fold(chr(code))) == 1 for code in range(0x110000))


@given(ANY_TEXT)
def test_a_character_folds_the_same_wherever_it_stands(text: str) -> None:
    assert fold(text) == "".join(fold(char) for char in text)


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("聲譽", "声誉"),
        ("手機漏液賠償", "手机漏液赔偿"),
        ("ＡＢＣ１２３！", "abc123!"),
        ("全角　空格", "全角 空格"),
        ("ThinkPad X1", "thinkpad x1"),
        ("ÀÉÎ", "àéî"),
        ("𐐀", "𐐨"),
        ("声誉 abc 😀", "声誉 abc 😀"),
        ("", ""),
    ],
)
def test_traditional_full_width_and_capitals_fold(written: str, folded: str) -> None:
    assert fold(written) == folded


def test_a_letter_whose_lower_case_is_longer_stays_as_it_is() -> None:
    assert len("İ".lower()) == 2
    assert fold("İSTANBUL") == "İstanbul"


def test_folding_twice_changes_no_letter_of_any_script_again() -> None:
    letters = [chr(code) for code in range(0x20000) if unicodedata.category(chr(code))[0] == "L"]
    once = fold("".join(letters))
    assert fold(once) == once
