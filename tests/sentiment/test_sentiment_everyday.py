"""The everyday words as data, and what they say about a name."""

import pytest
from pydantic import ValidationError

from core.folding import fold
from sentiment.everyday import EverydayWords, everyday_words, is_cued, senses
from sentiment.word_borders import is_torn

NONE: frozenset[int] = frozenset()


def test_the_words_are_folded_and_none_is_listed_twice_in_a_sense() -> None:
    words = everyday_words()
    assert all(fold(word) == word for word in (*words.words, *words.latin, *words.cues))
    assert len({sense.name for sense in words.senses}) == len(words.senses)
    assert all(len(set(sense.signs)) == len(sense.signs) for sense in words.senses)


@pytest.mark.parametrize(
    "change",
    [{"cues": []}, {"words": [""]}, {"more": 1}, {"senses": [{"name": "苹果", "signs": []}]}],
)
def test_a_file_of_another_form_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        EverydayWords.model_validate(everyday_words().model_dump() | change)


def test_the_nearest_sign_counts_in_its_own_sentence_only() -> None:
    apple = senses()["苹果"]
    assert apple.nearest("很甜的苹果", 3, 5) == 1
    assert apple.nearest("很甜。苹果", 3, 5) is None
    assert apple.nearest("甜" + "啊" * 9 + "苹果", 10, 12) is None


def test_a_company_word_counts_directly_behind_a_name() -> None:
    assert is_cued("苹果的客服", 2)
    assert is_cued("苹果 客服", 2)
    assert not is_cued("苹果和客服", 2)


@pytest.mark.parametrize(
    ("before", "name", "behind", "torn"),
    [
        ("中", "华为", "了", True),
        ("其中", "华为", "了", False),
        ("升", "华为", "", True),
        ("", "华为", "", False),
        ("", "小米", "粥", True),
        ("", "联想", "到童年", True),
        ("", "自然堂", "", False),
        ("大", "自然堂", "堂正正", True),
        ("中", "华为了复兴", "", False),
    ],
)
def test_a_short_name_is_torn_where_other_words_read_better(
    before: str, name: str, behind: str, torn: bool
) -> None:
    assert is_torn(before, name, behind, NONE) is torn


def test_a_word_over_a_separator_is_less_likely() -> None:
    assert is_torn("中", "华为", "国争光", NONE)
    assert is_torn("中", "华为", "国争光", frozenset({1}))  # 中华 为国争光
    assert not is_torn("用", "华为", "手机", frozenset({1}))  # 用华 为手机
