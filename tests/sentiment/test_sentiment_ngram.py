"""The default engine beyond the contract of all engines."""

import io
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import SettingsError
from core.settings import Settings
from sentiment.engines.ngram import NgramScorer
from sentiment.engines.ngram_features import BUCKETS
from sentiment.engines.ngram_model import Calibration, Model
from sentiment.scorer import Scorer, load_scorer


@pytest.fixture(scope="module")
def small() -> Model:
    """Random weights, a general calibration and one for news."""
    weights = np.random.default_rng(7).integers(-40, 40, (BUCKETS, 2)).astype(np.int8)
    general, news = Calibration(0.8, (-0.2, 0.3, 0.1)), Calibration(0.9, (0.2, 0.1, -0.3))
    return Model(weights, (0.03, 0.02), general, {"news": news})


def test_it_is_the_default() -> None:
    assert isinstance(load_scorer(Settings().scorer), NgramScorer)


@pytest.mark.parametrize(
    "text",
    [
        "公司将于八月一日召开新品发布会",
        "星海集团发布2023年年度报告",
        "会议于下午三点在三楼会议室举行",
        "该公司注册地为上海，员工约三千人",
    ],
)
@pytest.mark.parametrize("source_type", [None, "news", "finance", "forum", "weibo", "review"])
def test_plain_announcements_are_neutral(ngram: Scorer, text: str, source_type: str | None) -> None:
    assert ngram.score([text], source_type)[0].label == "neutral"


@pytest.mark.parametrize(
    ("worse", "better"),
    [("不好用", "好用"), ("没有很喜欢", "很喜欢"), ("不推荐", "推荐"), ("别买", "快买")],
)
def test_negation_lowers_the_score(ngram: Scorer, worse: str, better: str) -> None:
    with_it, without = ngram.score([worse, better])
    assert with_it.p_positive < without.p_positive


def test_each_source_type_has_its_calibration(ngram: Scorer) -> None:
    found = {ngram.score(["还可以吧"], kind)[0] for kind in ("weibo", "news", "finance", None)}
    assert len(found) == 4


def test_a_batch_over_many_blocks_equals_its_texts(ngram: Scorer) -> None:
    texts = [f"第{number}条" + "还不错，" * (number % 90) for number in range(600)]
    assert ngram.score(texts[::50]) == ngram.score(texts)[::50]


HOSTILE = "好不没，。@a: \ufeff\u200b1wW.h/\0\ud800𠮷😀!哈\n\u3000ＡK质"


@given(st.lists(st.text(st.sampled_from(HOSTILE), max_size=40), max_size=8))
def test_a_batch_has_bit_for_bit_the_logits_of_its_texts(small: Model, texts: list[str]) -> None:
    logits, spoken = small.logits(texts)
    alone = [small.logits([text]) for text in texts]
    assert [one.tobytes() for one, _said in alone] == [row.tobytes() for row in logits]
    assert [bool(said[0]) for _one, said in alone] == spoken.tolist()


def test_a_longer_text_of_the_same_words_ends_in_one_score(ngram: Scorer) -> None:
    long, longer = ngram.score(["质量太差，" * 1_000, "质量太差，" * 20_000])
    assert math.isclose(long.p_negative, longer.p_negative, rel_tol=1e-3)


def test_weights_load_at_the_first_text() -> None:
    scorer = NgramScorer(Path("nowhere.npz"))
    assert scorer.name.startswith("ngram-")
    with pytest.raises(SettingsError, match=r"nowhere\.npz"):
        scorer.score(["好"])


def test_a_model_comes_back_as_it_was_saved(small: Model, tmp_path: Path) -> None:
    path = tmp_path / "model.npz"
    small.save(path)
    back = Model.load(path)
    assert (back.weights == small.weights).all()
    assert (back.steps, back.general, back.by_type) == (small.steps, small.general, small.by_type)
    again = io.BytesIO()
    small.save(again)
    assert again.getvalue() == path.read_bytes()


@pytest.mark.parametrize(
    "fault",
    [
        {"version": np.int64(999)},
        {"weights": np.zeros((3, 2), dtype=np.int8)},
        {"calibrations": np.ones((1, 4))},
        {"calibrations": np.ones((2, 2))},
        {"source_types": np.array([{}], dtype=object)},
    ],
)
def test_a_file_of_another_form_is_refused(
    small: Model, tmp_path: Path, fault: dict[str, np.ndarray]
) -> None:
    path = tmp_path / "model.npz"
    small.save(path)
    with np.load(path) as found:
        np.savez(path, allow_pickle=True, **{**found, **fault})
    with pytest.raises(SettingsError, match="train"):
        Model.load(path)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"hello"])
def test_a_torn_file_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "model.npz"
    path.write_bytes(content)
    with pytest.raises(SettingsError):
        Model.load(path)


def test_quantising_keeps_the_differences_between_classes() -> None:
    weights = np.zeros((BUCKETS, 3), dtype=np.float32)
    weights[:5_000] = np.random.default_rng(3).normal(size=(5_000, 3))
    model = Model.quantised(weights)
    kept = model.weights[:5_000] * np.array(model.steps)
    negative, neutral, positive = weights[:5_000].T
    off = np.abs(kept[:, 0] - (positive - negative))
    assert np.quantile(off, 0.99) < model.steps[0]
    off = np.abs(kept[:, 1] - (neutral - (positive + negative) / 2))
    assert np.quantile(off, 0.99) < model.steps[1]
    assert not model.weights[5_000:].any()


def test_a_model_without_weights_is_one_too() -> None:
    logits, spoken = Model.quantised(np.zeros((BUCKETS, 3), dtype=np.float32)).logits(["好", ""])
    assert not logits.any()
    assert spoken.tolist() == [True, False]
