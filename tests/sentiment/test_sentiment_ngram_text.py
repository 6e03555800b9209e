"""Text as the n-gram engine reads it, and its grams."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentiment.engines.ngram_features import counts, grams, negated, text_scale
from sentiment.engines.ngram_text import BORDER, read

MARKS = {BORDER: "|", BORDER + 1: "⌂", BORDER + 2: "☺"}


def as_read(*texts: str) -> str:
    return "".join(MARKS.get(code) or chr(code) for code in read(texts).codes.tolist())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "|"),
        ("很好", "很好|"),
        ("質量ＡＢＣ", "质量abc|"),
        ("2024年涨３％", "000年涨0%|"),
        ("好!!!!!!", "好!!!|"),
        ("哈哈哈哈哈哈好", "哈哈哈好|"),
        ("a \t\n\u3000b", "a b|"),
        ("见https://t.cn/A6?x=1好", "见⌂好|"),
        ("见WWW.Example.com 好", "见⌂ 好|"),
        ("回复@张三:好", "回复☺:好|"),
        ("@Mr_凡先生 好", "☺ 好|"),
        ("@abc真好", "☺真好|"),
        ("@www.abc 好", "☺.abc 好|"),
        ("见HTTPS://a@bcd好", "见⌂好|"),
        ("hw http:/a ww.b", "hw http:/a ww.b|"),
        ("@青禾客服太差了", "@青禾客服太差了|"),
        ("@青禾，太差了", "@青禾，太差了|".replace("，", ",")),
        ("\ufeff好\u200b吃", "好吃|"),
        ("好\ud800\x00𠮷", "好\ud800\x00𠮷|"),
    ],
)
def test_normalisation(text: str, expected: str) -> None:
    assert as_read(text) == expected


@given(
    st.lists(st.text(st.sampled_from("好不，@a: \ufeff1w.h\0\ud800𠮷"), max_size=20), max_size=6)
)
def test_a_batch_reads_as_its_texts_alone(texts: list[str]) -> None:
    assert as_read(*texts) == "".join(as_read(text) for text in texts)
    reading = read(texts)
    alone = [counts(one, grams(one)).tolist()[0] for one in (read([text]) for text in texts)]
    assert counts(reading, grams(reading)).tolist() == alone


def test_places_lead_back_to_the_original() -> None:
    text = "看 https://t.cn/x １好好好好吧"
    reading = read([text])
    found = {
        chr(code): text[place]
        for code, place in zip(reading.codes, reading.places, strict=True)
        if place < len(text) and code < BORDER
    }
    assert found == {"看": "看", " ": " ", "0": "１", "好": "好", "吧": "吧"}


def test_grams_keep_inside_their_text() -> None:
    reading = read(["好吃吗", "", "贵"])
    one, two, three, *turned = grams(reading)
    assert [len(kind.at) for kind in (one, two, three)] == [4, 2, 1]
    assert all(len(kind.at) == 0 for kind in turned)
    assert counts(reading, grams(reading)).tolist() == [6, 0, 1]


def test_the_same_gram_has_the_same_bucket_and_another_kind_another() -> None:
    one, two, _three, turned, _pairs = grams(read(["好好", "不好"]))
    assert one.buckets[0] == one.buckets[1] == one.buckets[3]
    assert turned.buckets[0] not in one.buckets
    assert two.buckets[0] not in one.buckets


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("好", "0"),
        ("不好吃", "011"),
        ("不好，吃", "0100"),
        ("不好，吃" * 12, "0100" * 12),
        ("没一二三四五六七八九", "0111111110"),
        ("不好不吃", "0111"),
        ("好\n不 好", "00000"),
    ],
)
def test_negation_reaches_eight_characters_within_its_clause(text: str, marked: str) -> None:
    assert "".join("01"[flag] for flag in negated(read([text]).codes)[:-1].tolist()) == marked


def test_negation_stays_in_its_text() -> None:
    assert not negated(read(["不", "好"]).codes).any()


def test_more_text_is_more_evidence_only_up_to_a_length() -> None:
    n = np.array([0, 1, 100, 1_500, 15_000])
    assert np.allclose(n * text_scale(n), [0, 1, 10, 1_500**0.5, 1_500**0.5])
