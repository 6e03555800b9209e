"""The contract that every engine keeps."""

import math

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import SettingsError
from sentiment.scorer import Score, Scorer, load_scorer
from storage.mentions import Contribution

HARD = {
    "empty": "",
    "blank": " \t\n\u3000 ",
    "emoji only": "😀😡👍🏽",
    "punctuation only": "。。。！！？，、…——",
    "100,000 characters": "质量太差，" * 20_000,
    "100,000 without a border": "好" * 100_000,
    "100,000 soft borders": "但" * 100_000,
    "lone surrogates": "质量\ud800很好\udfff",
    "NUL": "很好\x00很差",
    "mixed scripts": "iPhone電池 très bien нормально 좋아요 とても良い 很好",
    "traditional": "這個牌子的質量太差了",
    "right to left": "\u202e好很",
    "rare Han": "𠮷𠮷龘靐㐂",
}


def holds(score: Score) -> bool:
    named = {
        "negative": score.p_negative,
        "neutral": score.p_neutral,
        "positive": score.p_positive,
    }
    return (
        math.isclose(sum(named.values()), 1)
        and all(0 <= value <= 1 for value in named.values())
        and named[score.label] == max(named.values())
    )


@pytest.mark.parametrize("text", HARD.values(), ids=HARD.keys())
def test_hard_input_is_scored_and_never_raises(scorer: Scorer, text: str) -> None:
    assert holds(scorer.score([text])[0])
    assert holds(scorer.score_target(text, 0, min(2, len(text))))
    assert all(math.isfinite(part.weight) for part in scorer.explain(text))


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.text(st.characters(codec=None), max_size=60))
def test_any_string_is_scored(scorer: Scorer, text: str) -> None:
    score = scorer.score([text])[0]
    assert holds(score)
    assert sums_to_log_odds(scorer.explain(text), score)


@pytest.mark.parametrize("text", HARD.values(), ids=HARD.keys())
def test_contributions_sum_to_the_log_odds_of_the_score(scorer: Scorer, text: str) -> None:
    assert sums_to_log_odds(scorer.explain(text), scorer.score([text])[0])


def sums_to_log_odds(parts: list[Contribution], score: Score) -> bool:
    odds = math.log(score.p_positive / score.p_negative)
    return math.isclose(sum(part.weight for part in parts), odds, abs_tol=1e-9)


def test_the_same_text_scores_the_same_alone_and_in_a_batch(scorer: Scorer) -> None:
    texts = ["很好用，非常喜欢", "太差了", "", "明天开会"]
    assert scorer.score(texts) == [scorer.score([text])[0] for text in texts]
    engine = scorer.name.partition("-")[0]
    assert scorer.score(texts) == load_scorer(engine).score(texts)


def test_no_texts_give_no_scores(scorer: Scorer) -> None:
    assert scorer.score([]) == []


@pytest.mark.parametrize("source_type", [None, "weibo", "news", "carrier pigeon"])
def test_an_unknown_source_type_is_scored(scorer: Scorer, source_type: str | None) -> None:
    assert holds(scorer.score(["很好用"], source_type)[0])


def test_the_name_tells_engine_and_version(scorer: Scorer) -> None:
    assert any(char.isdigit() for char in scorer.name)


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("音质出色，外观漂亮，非常喜欢", "positive"),
        ("做工粗糙，屏幕有划痕，客服态度恶劣", "negative"),
        ("質量太差，垃圾，再也不買了", "negative"),
        ("公司今天在北京举行年度会议", "neutral"),
    ],
)
def test_plain_cases_come_out_right(scorer: Scorer, text: str, label: str) -> None:
    assert scorer.score([text])[0].label == label


def test_explanations_point_at_the_clause_that_hurts(scorer: Scorer) -> None:
    text = "外观漂亮，非常喜欢，但是客服态度恶劣，垃圾"
    good, _liked, bad, _worse = scorer.explain(text)
    assert text[bad.start : bad.end] == "但是客服态度恶劣，"
    assert bad.weight < 0 < good.weight


def test_score_target_reads_the_window_of_the_target(scorer: Scorer) -> None:
    text = "做工精致，非常喜欢。" * 20
    assert holds(scorer.score_target(text, 0, 2, "review"))


def test_an_unknown_engine_is_refused_with_the_known_ones() -> None:
    with pytest.raises(SettingsError, match=r"SHENGYU_SCORER.*ngram, snownlp"):
        load_scorer("oracle")


def test_traditional_scores_as_simplified(scorer: Scorer) -> None:
    assert scorer.score(["質量太差了"]) == scorer.score(["质量太差了"])


def test_nothing_said_is_neutral(scorer: Scorer) -> None:
    for score in scorer.score(["", " \n ", "\u3000"]):
        assert score.label == "neutral"
        assert score.p_negative == score.p_positive


@pytest.mark.timeout(90)
def test_a_hostile_text_takes_no_longer_than_its_length(scorer: Scorer) -> None:
    for text in ("但" * 100_000, "，" * 100_000, "a." * 50_000, "不" * 100_000, "@" * 100_000):
        assert scorer.score([text])[0].label in {"negative", "neutral", "positive"}
        assert all(part.end <= len(text) for part in scorer.explain(text))


def test_a_tie_goes_to_neutral() -> None:
    assert Score.of(1, 1, 1).label == "neutral"
    assert Score.of(2, 1, 1) == Score("negative", 0.5, 0.25, 0.25)
