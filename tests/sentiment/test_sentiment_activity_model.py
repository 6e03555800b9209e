"""The shipped weights behind a competitor's activity."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import sentiment.activity_model as modelling
from core.errors import SettingsError
from sentiment.activity import ACTIVITIES, OTHER, classify, classify_all
from sentiment.activity_model import BUCKETS, CLASSES, ActivityModel, shipped
from sentiment.training.activity.lines import load_lines
from sentiment.training.activity.measure import precision_recall

ODD = ["", " ", "😀😀", "\ud800\x00", "a" * 100_000, "價格戰打響", "@蓝鲸 https://x.cn", "\u200b"]


def test_any_string_gets_probabilities_that_sum_to_one() -> None:
    found = shipped().probabilities(ODD)
    assert found.shape == (len(ODD), CLASSES)
    assert found.sum(axis=1) == pytest.approx(np.ones(len(ODD)))
    assert set(classify_all(ODD)) <= set(ACTIVITIES)


def test_a_text_that_says_nothing_has_no_type() -> None:
    assert classify_all(["", " ", "\u200b"]) == [OTHER] * 3


def test_a_batch_gives_what_single_calls_give() -> None:
    texts = [*ODD, *(line.text for line in load_lines("held"))] * 2
    assert classify_all(texts) == [classify(text) for text in texts]
    assert classify_all([]) == []


def test_traditional_characters_and_full_width_letters_read_alike() -> None:
    plain, other = "蓝鲸完成A轮融资，估值翻倍", "藍鯨完成Ａ輪融資，估值翻倍"
    assert classify(plain) == classify(other) == "资本"


def test_what_stands_far_behind_is_not_read() -> None:
    head = "今天和大学室友去公园散步，晒了一下午太阳。" * 40
    assert classify(head + "蓝鲸任命新总裁") == classify(head)


def test_a_buyer_who_speaks_of_the_price_gives_a_review() -> None:
    assert classify("这价格真不值，用了两天就坏，后悔买了") == "用户评价"
    assert classify("蓝鲸宣布全系降价300元") == "价格"


def test_an_unlikely_type_is_not_named() -> None:
    model = shipped()
    cautious = ActivityModel(model.grams, model.step, model.evidence, 1.01)
    assert cautious.choose(["蓝鲸宣布全系降价300元"]) == [OTHER]


def test_the_held_lines_are_named_as_precisely_as_the_card_says() -> None:
    held = load_lines("held")
    said = classify_all([line.text for line in held])
    truth = [line.type for line in held]
    named = [kind for kind in ACTIVITIES if kind != OTHER]
    pairs = [precision_recall(truth, said, kind) for kind in named]
    assert min(precision for precision, _recall in pairs) >= 0.8
    precision, recall = (sum(column) / len(named) for column in zip(*pairs, strict=True))
    card = Path(modelling.__file__).parent / "models" / "activity.md"
    assert f"| | {precision:.3f} | {recall:.3f} |" in card.read_text(encoding="utf-8")


def test_the_weights_are_small() -> None:
    folder = Path(modelling.__file__).parent / "models"
    assert (folder / "activity.npz").stat().st_size < 300_000


def test_the_weights_load_at_the_first_text() -> None:
    program = "import sys, sentiment.activity; print('sentiment.activity_model' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(modelling.__file__).parents[1],
    )
    assert done.stdout.strip() == "False"


def _untrained() -> ActivityModel:
    return ActivityModel.quantised(np.zeros((BUCKETS, CLASSES)), np.zeros((17, CLASSES)), 0.5)


def test_weights_come_back_as_they_were_saved(tmp_path: Path) -> None:
    path = tmp_path / "activity.npz"
    shipped().save(path)
    texts = ["蓝鲸宣布召回充电器", "路过"]
    again = ActivityModel.load(path)
    assert (again.probabilities(texts) == shipped().probabilities(texts)).all()


def test_an_untrained_model_names_nothing() -> None:
    assert _untrained().choose(["蓝鲸宣布召回充电器"]) == [OTHER]


def test_missing_or_torn_weights_are_a_clear_error(tmp_path: Path) -> None:
    path = tmp_path / "activity.npz"
    with pytest.raises(SettingsError, match=r"python -m sentiment\.training\.activity"):
        ActivityModel.load(path)
    path.write_bytes(b"no archive")
    with pytest.raises(SettingsError, match=r"activity\.npz"):
        ActivityModel.load(path)


@pytest.mark.parametrize("fault", [{"version": np.int64(0)}, {"grams": np.zeros((3, 9), np.int8)}])
def test_weights_of_another_form_are_refused(tmp_path: Path, fault: dict[str, object]) -> None:
    path = tmp_path / "activity.npz"
    shipped().save(path)
    with np.load(path) as found:
        np.savez(path.with_name("other.npz"), **{**found, **fault})
    with pytest.raises(SettingsError, match=r"other\.npz"):
        ActivityModel.load(path.with_name("other.npz"))
