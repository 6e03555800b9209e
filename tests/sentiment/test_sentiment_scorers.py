"""The contract that every engine keeps."""

import json
import math
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import astuple

import pytest
from child_process import start_python
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import InvalidInput, SettingsError
from core.settings import load_settings
from sentiment.scorer import Explanation, Score, Scorer, load_scorer

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
    assert holds(scorer.score_target(text, 0, len(text)))


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.text(st.characters(codec=None), max_size=60))
def test_any_string_is_scored(scorer: Scorer, text: str) -> None:
    score = scorer.score([text])[0]
    assert holds(score)
    assert explains(scorer.explain([text])[0], score)


@pytest.mark.parametrize("text", HARD.values(), ids=HARD.keys())
def test_contributions_sum_to_the_log_odds_of_the_score(scorer: Scorer, text: str) -> None:
    assert explains(scorer.explain([text])[0], scorer.score([text])[0])


def explains(found: Explanation, score: Score) -> bool:
    """Whether *found* is of that very score, and its clauses sum to the log-odds."""
    odds = math.log(score.p_positive / score.p_negative)
    whole = sum(part.weight for part in found.clauses)
    return found.score == score and math.isclose(whole, odds, abs_tol=1e-9)


def test_explained_together_is_explained_alone(scorer: Scorer) -> None:
    together = scorer.explain([*SOME, "", *SOME], "weibo")
    assert together == [scorer.explain([text], "weibo")[0] for text in (*SOME, "", *SOME)]
    assert scorer.explain([]) == []


@pytest.mark.parametrize("source_type", [None, "weibo", "news", "finance", "forum", "review"])
def test_contributions_sum_to_the_score_by_its_source_type(
    scorer: Scorer, source_type: str | None
) -> None:
    for text in SOME:
        (found,) = scorer.explain([text], source_type)
        assert explains(found, scorer.score([text], source_type)[0])
        assert characters_make_up_the_clauses(scorer, text, source_type)


@pytest.mark.parametrize("text", HARD.values(), ids=HARD.keys())
def test_the_characters_of_a_clause_sum_to_its_weight(scorer: Scorer, text: str) -> None:
    assert characters_make_up_the_clauses(scorer, text)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.text(st.one_of(st.characters(codec=None), st.sampled_from("很差好，！ \u200b@:/.a1"))))
def test_the_characters_of_any_string_sum_to_its_clauses(scorer: Scorer, text: str) -> None:
    assert characters_make_up_the_clauses(scorer, text)


def characters_make_up_the_clauses(
    scorer: Scorer, text: str, source_type: str | None = None
) -> bool:
    """Whether each clause, and so the score, is the sum of its characters, and the rest nothing."""
    (found,) = scorer.explain([text], source_type)
    parts, weights = found.clauses, found.characters
    ends = [0, *(part.end for part in parts)]
    starts = [*(part.start for part in parts), len(text)]
    between = [weights[end:start] for end, start in zip(ends, starts, strict=True)]
    return (
        len(weights) == len(text)
        and not any(weight for gap in between for weight in gap)
        and all(
            math.isclose(sum(weights[part.start : part.end]), part.weight, abs_tol=1e-9)
            for part in parts
        )
    )


def test_a_batch_scores_like_its_texts_alone_and_in_their_order(scorer: Scorer) -> None:
    texts = [*HARD.values(), "很好用，非常喜欢", "太差了", "明天开会", "太差了"]
    alone = [scorer.score([text])[0] for text in texts]
    assert scorer.score(texts) == alone
    assert scorer.score(texts[::-1]) == alone[::-1]
    assert [score.label for score in alone[-4:-2]] == ["positive", "negative"]


SOME = [
    "很好用，非常喜欢",
    "太差了，垃圾",
    "",
    "明天开会",
    "还行吧，就是有点贵",
    "不是不好\ud800😀",
]
ELSEWHERE = """
import json, sys
from dataclasses import astuple
from sentiment.scorer import load_scorer
scorer = load_scorer(sys.argv[1])
print(json.dumps([astuple(score) for score in scorer.score(json.loads(sys.argv[2]), "weibo")]))
"""


@pytest.mark.timeout(240)  # SnowNLP's data takes six seconds, and more on a busy machine
@pytest.mark.parametrize("engine", ["ngram", "snownlp"])
def test_another_process_gives_the_same_scores_to_the_last_bit(
    request: pytest.FixtureRequest, engine: str
) -> None:
    """Its strings hash otherwise, so that an order of a set or dictionary would show."""
    scorer: Scorer = request.getfixturevalue(engine)
    printed, _errors = start_python(ELSEWHERE, engine, json.dumps(SOME)).communicate(timeout=120)
    assert json.loads(printed) == [list(astuple(score)) for score in scorer.score(SOME, "weibo")]


def test_two_threads_get_what_one_gets(scorer: Scorer) -> None:
    texts = [f"{text}，第{number}次" for number in range(40) for text in SOME]
    fresh = load_scorer(scorer.name.partition("-")[0])  # loads its weights in both at once

    def answers(engine: Scorer, mine: Sequence[str]) -> list[Explanation]:
        return [engine.explain([text])[0] for text in mine]

    with ThreadPoolExecutor(2) as threads:
        found = list(threads.map(lambda mine: answers(fresh, mine), (texts, texts[::-1])))
    assert found == [answers(scorer, texts), answers(scorer, texts[::-1])]


def test_no_texts_give_no_scores(scorer: Scorer) -> None:
    assert scorer.score([]) == []


@pytest.mark.parametrize("source_type", ["carrier pigeon", "", "\ud800\x00", "WEIBO"])
def test_an_unknown_source_type_is_scored_by_the_general_calibration(
    scorer: Scorer, source_type: str
) -> None:
    assert scorer.score(SOME, source_type) == scorer.score(SOME)
    target = scorer.score_target(SOME[0], 0, 2, source_type)
    assert target == scorer.score_target(SOME[0], 0, 2)


@pytest.mark.parametrize("source_type", [None, "weibo", "news", "finance", "forum", "review"])
def test_every_source_type_is_scored(scorer: Scorer, source_type: str | None) -> None:
    assert all(holds(score) for score in scorer.score(SOME, source_type))


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
    good, _liked, bad, _worse = scorer.explain([text])[0].clauses
    assert text[bad.start : bad.end] == "但是客服态度恶劣，"
    assert bad.weight < 0 < good.weight


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("外观漂亮，非常喜欢，但是质量太差", "太差"),
        ("公司今天在北京举行会议，可惜都是垃圾", "垃圾"),
        ("外觀漂亮，非常喜歡，但是質量太差", "太差"),
    ],
)
def test_the_heaviest_character_stands_in_the_word_that_hurts(
    scorer: Scorer, text: str, word: str
) -> None:
    weights = scorer.explain([text])[0].characters
    worst = min(range(len(text)), key=weights.__getitem__)
    assert text[worst] in word


def test_score_target_reads_the_window_of_the_target(scorer: Scorer) -> None:
    text = "做工精致，非常喜欢。" * 20
    assert holds(scorer.score_target(text, 0, 2, "review"))


AIMED = "小米很好用，非常喜欢。华为太差了，垃圾"


@pytest.mark.parametrize("text", [AIMED, AIMED * 40], ids=["short", "long"])
def test_a_target_may_stand_anywhere_and_be_nothing(scorer: Scorer, text: str) -> None:
    size = len(text)
    for start, end in ((0, 0), (size, size), (5, 5), (0, 1), (size - 1, size), (0, size), (3, 9)):
        assert holds(scorer.score_target(text, start, end)), (start, end)


@pytest.mark.parametrize(("start", "end"), [(5, 2), (-1, 2), (0, 10_000), (10_000, 10_001)])
def test_a_target_outside_the_text_or_the_wrong_way_round_is_refused(
    scorer: Scorer, start: int, end: int
) -> None:
    with pytest.raises(InvalidInput, match=rf"0 <= start <= end <= {len(AIMED)}"):
        scorer.score_target(AIMED, start, end)


def test_a_setting_that_names_no_engine_is_refused_with_the_known_ones(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SHENGYU_SCORER", "oracle")
    with pytest.raises(SettingsError, match=r"SHENGYU_SCORER.*'ngram' or 'snownlp'.*example"):
        load_settings()


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
        (found,) = scorer.explain([text])
        assert all(part.end <= len(text) for part in found.clauses)
        assert len(found.characters) == len(text)


def test_a_tie_goes_to_neutral() -> None:
    assert Score.of(1, 1, 1).label == "neutral"
    assert Score.of(2, 1, 1) == Score("negative", 0.5, 0.25, 0.25)
