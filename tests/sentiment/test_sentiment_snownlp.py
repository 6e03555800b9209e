"""SnowNLP as we read it against SnowNLP itself, and what we mend in it."""

import re

import pytest
from child_process import run_python
from hypothesis import given
from hypothesis import strategies as st

from sentiment.engines.snownlp import segmenter
from sentiment.scorer import Scorer

TEXTS = (
    "昨晚我家的充电宝突然起火客服还推卸责任",
    "公司将于八月一日召开新品发布会届时公布售价",
    "这款手机的屏幕非常漂亮拍照效果也很出色",
    "龘靐齉爩中间夹着没见过的字也要切开",
    "一",
    "的的的的的的",
    "研究生命的起源",
    "不是不好只是没有想象中那么好",
    "北京大学生前来应聘",
    "南京市长江大桥",
)


def test_segmentation_equals_that_of_snownlp() -> None:
    from snownlp import seg

    for text in TEXTS:
        assert list(segmenter().words(text)) == seg.single_seg(text)


@given(st.text(st.sampled_from("研究生命的起源没有很好龘𠮷a"), max_size=30))
def test_words_join_to_the_run_again(run: str) -> None:
    assert "".join(segmenter().words(run)) == run


def test_the_engine_does_not_import_the_package() -> None:
    code = (
        "import sys; from sentiment.scorer import load_scorer;"
        "load_scorer('snownlp').name; print('snownlp' in sys.modules)"
    )
    assert run_python(code).stdout.strip() == "False"


@pytest.mark.parametrize(
    ("plain", "negated"), [("很好", "没有很好"), ("喜欢", "不是喜欢"), ("漂亮", "没有漂亮")]
)
def test_negation_is_not_lost(snownlp: Scorer, plain: str, negated: str) -> None:
    with_it, without = snownlp.score([negated, plain])
    assert with_it.p_positive < without.p_positive


def test_negation_ends_with_its_clause(snownlp: Scorer) -> None:
    parts = snownlp.explain(["没有，漂亮"])[0].clauses
    assert parts[1].weight > 0


def test_a_longer_text_of_the_same_words_is_not_certain(snownlp: Scorer) -> None:
    score = snownlp.score(["质量太差，" * 100])[0]
    assert score.label == "negative"
    assert snownlp.score(["质量太差，" * 4])[0].p_negative < score.p_negative


def test_a_very_long_text_is_read_at_both_ends_only(snownlp: Scorer) -> None:
    middle = "很好，" * 30_000
    text = "差，" * 2_000 + middle + "差，" * 500
    weights = [part.weight for part in snownlp.explain([text])[0].clauses]
    assert weights[0] < 0
    assert weights[-1] < 0
    assert weights[len(weights) // 2] == 0
    assert len(weights) == len(re.findall("，", text))
