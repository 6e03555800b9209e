"""Training on a tiny set made up here."""

import gzip
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from core.errors import InvalidInput
from sentiment.engines.ngram import NgramScorer
from sentiment.engines.ngram_model import PLAIN, Model
from sentiment.training import fit as fitting
from sentiment.training.__main__ import main
from sentiment.training.calibrate import Judged, calibrate
from sentiment.training.data import Rows, load_sets
from sentiment.training.measure import (
    Predictions,
    alarm_points,
    calibration_error,
    mean_figures,
    measure,
    pooled_calibration_error,
)
from sentiment.training.measure_targets import measure_targets

WORDS = {
    "negative": ["太差了", "很失望", "不好用", "垃圾", "别买"],
    "neutral": ["今天开会", "下周发布", "位于上海", "共三人", "报名开始"],
    "positive": ["非常好", "很喜欢", "值得买", "漂亮", "推荐"],
}


def write_set(folder: Path, name: str, labels: list[str], source_type: str) -> None:
    rng = np.random.default_rng(len(name))
    folder.mkdir(exist_ok=True)
    with gzip.open(folder / f"{name}.jsonl.gz", "wt", encoding="utf-8") as file:
        for number in range(300):
            label = labels[number % len(labels)]
            text = "，".join(rng.choice(WORDS[label], 2)) + f"{name}{number}"
            split = "dev" if number % 10 < 3 else "train"
            row = {"text": text, "label": label, "source_type": source_type, "split": split}
            file.write(json.dumps(row, ensure_ascii=False) + "\n")


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sets")
    write_set(folder, "three", ["negative", "neutral", "positive"], "news")
    write_set(folder, "two", ["negative", "positive"], "review")
    return folder


@pytest.fixture(scope="module")
def weights(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("model") / "ngram.npz"
    assert main(["--data", str(data), "--out", str(out), "--leave-out", "two"]) == 0
    return out


def test_it_learns(weights: Path) -> None:
    scores = NgramScorer(weights).score(["真的太差了", "漂亮，很喜欢", "明天开会"], "news")
    assert [score.label for score in scores] == ["negative", "positive", "neutral"]


def test_training_again_gives_the_same_bytes(data: Path, weights: Path, tmp_path: Path) -> None:
    again, other = tmp_path / "again.npz", tmp_path / "other.npz"
    main(["--data", str(data), "--out", str(again)])
    main(["--data", str(data), "--out", str(other), "--seed", "2"])
    assert again.read_bytes() == weights.read_bytes()
    assert other.read_bytes() != weights.read_bytes()


def test_the_card_names_sets_figures_and_command(weights: Path) -> None:
    card = weights.with_suffix(".md").read_text(encoding="utf-8")
    assert "licences are unclear" in card
    assert "python -m sentiment.training --data DIR --seed 1 --leave-out two" in card
    assert card.count("| three |") == 2
    assert card.count("| two |") == 3
    assert "nan |" not in card
    assert card.count("rows pooled by source type") == 2


def test_the_shipped_card_belongs_to_the_shipped_weights() -> None:
    folder = Path(fitting.__file__).parents[1] / "models"
    for name, model in zip(
        NgramScorer().name.split("+"), ("ngram", "charnet", "target"), strict=True
    ):
        card = (folder / f"{model}.md").read_text(encoding="utf-8")
        assert f"# Model card: {name}\n" in card
        assert (folder / f"{model}.npz").stat().st_size < 6_000_000


def test_wrong_use_ends_with_2_and_a_sentence(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--data", str(tmp_path), "--out", str(tmp_path / "x.npz")]) == 2
    assert "no NAME.jsonl.gz" in capsys.readouterr().err
    assert main(["--data", str(data), "--leave-out", "four"]) == 2
    assert "three, two" in capsys.readouterr().err


@pytest.mark.parametrize("fault", [{"label": "angry"}, {"split": "test"}])
def test_a_bad_row_is_named(tmp_path: Path, fault: dict[str, str]) -> None:
    row = {"text": "好", "label": "positive", "source_type": "news", "split": "dev"}
    with gzip.open(tmp_path / "bad.jsonl.gz", "wt", encoding="utf-8") as file:
        file.write(json.dumps(row) + "\n" + json.dumps(row | fault) + "\n")
    with pytest.raises(InvalidInput, match=r"bad\.jsonl\.gz:2"):
        load_sets(tmp_path)


def test_thinned_rows_come_from_all_over() -> None:
    rows = Rows(("a", "b", "c", "d", "e"), np.array([0, 0, 1, 2, 2]))
    thin = rows.thinned(3)
    assert (thin.texts, thin.labels.tolist()) == (("a", "c", "e"), [0, 1, 2])
    assert rows.thinned(9) is rows


def test_rows_that_say_nothing_are_left_out_of_the_fit(tmp_path: Path) -> None:
    write_set(tmp_path, "three", ["negative", "neutral", "positive"], "news")
    row = {"text": "", "label": "neutral", "source_type": "news", "split": "train"}
    with gzip.open(tmp_path / "three.jsonl.gz", "at", encoding="utf-8") as file:
        file.write(json.dumps(row) + "\n")
    assert np.isfinite(fitting.fit(load_sets(tmp_path), 1)).all()


Sampler = Callable[[float, float], Judged]


@pytest.fixture
def sampled() -> Sampler:
    def sample(temperature: float, neutral_bias: float) -> Judged:
        rng = np.random.default_rng(5)
        logits = rng.normal(size=(20_000, 3)) * 2
        wanted = logits / temperature + np.array([0, neutral_bias, 0])
        p = np.exp(wanted) / np.exp(wanted).sum(axis=1, keepdims=True)
        labels = (rng.random((len(p), 1)) > p.cumsum(axis=1)).sum(axis=1)
        return Judged("news", True, logits, labels)

    return sample


def test_calibration_finds_the_temperature_and_the_biases(sampled: Sampler) -> None:
    general, by_type = calibrate([sampled(2.0, 1.0)])
    assert general.temperature == pytest.approx(2.0, rel=0.05)
    assert general.biases[1] - general.biases[0] == pytest.approx(1.0, abs=0.1)
    assert by_type["news"].temperature == pytest.approx(general.temperature, rel=0.02)


def test_a_source_type_lies_half_way_between_its_own_and_the_general(sampled: Sampler) -> None:
    hot, cold = sampled(2.0, 0.0), sampled(0.5, 0.0)
    cold = Judged("review", cold.has_neutral, cold.logits, cold.labels)
    general, by_type = calibrate([hot, cold])
    own = 2 / by_type["news"].temperature - 1 / general.temperature
    assert own == pytest.approx(1 / 2.0, rel=0.1)


def test_a_set_without_neutral_says_little_about_neutral(sampled: Sampler) -> None:
    three = sampled(1.0, 1.0)
    polar = three.labels != 1
    logits, labels = three.logits[polar], three.labels[polar]

    def neutral_bias(*, has_neutral: bool) -> float:
        two = Judged("finance", has_neutral, logits, labels)
        biases = calibrate([three, two])[1]["finance"].biases
        return biases[1] - biases[0]

    assert neutral_bias(has_neutral=True) < neutral_bias(has_neutral=False) - 0.5
    assert neutral_bias(has_neutral=False) < 1.0
    assert PLAIN.probabilities(np.zeros((1, 3))).tolist() == [[1 / 3] * 3]


def test_figures_by_hand() -> None:
    p = np.array([[0.8, 0.1, 0.1], [0.6, 0.3, 0.1], [0.1, 0.2, 0.7], [0.5, 0.1, 0.4]])
    labels = np.array([0, 1, 2, 2])
    found = measure(p, labels, has_neutral=True)
    assert found.polarity == pytest.approx(2 / 3)
    assert found.negative_f1 == pytest.approx(0.5)
    assert found.false_alarms == 1
    assert found.negative_recall == 1
    assert found.calibration_error == pytest.approx((0.2 + 0.6 + 0.1 + 0.5) / 4)
    two = measure(p[[0, 2]], labels[[0, 2]], has_neutral=False)
    assert np.isnan(two.false_alarms)
    assert mean_figures([found, two]).false_alarms == 1


def test_the_calibration_error_weighs_bins_by_their_rows() -> None:
    p = np.array([0.30, 0.32, 0.30, 0.95, 1.0])  # three rows in the fifth bin, two in the last
    negative = np.array([True, False, False, True, True])
    assert calibration_error(p, negative) == pytest.approx((abs(0.92 - 1) + abs(1.95 - 2)) / 5)
    assert np.isnan(calibration_error(p[:0], negative[:0]))


def said(source_type: str, p_negative: list[float], labels: list[int]) -> Predictions:
    p = np.array(p_negative)
    return Predictions(source_type, False, np.stack([p, 0 * p, 1 - p], axis=1), np.array(labels))


def test_rows_of_a_source_type_are_pooled_before_their_bins_are_counted() -> None:
    """Two sets that err against each other hold together; each alone is off by a half."""
    high, low = said("weibo", [0.5, 0.5], [2, 2]), said("weibo", [0.5, 0.5], [0, 0])
    other = said("news", [0.9], [0])
    assert high.figures().calibration_error == pytest.approx(0.5)
    assert pooled_calibration_error([high, low]) == pytest.approx(0)
    assert pooled_calibration_error([high, low, other]) == pytest.approx(0.05)
    assert np.isnan(pooled_calibration_error([]))


def test_target_figures_by_hand() -> None:
    p = np.array([[0.7, 0.2, 0.1], [0.6, 0.3, 0.1], [0.1, 0.2, 0.7], [0.3, 0.4, 0.3]])
    found = measure_targets(["both", "both", "praise", "praise"], p, np.array([0, 2, 2, 1]))
    assert found.polarity == pytest.approx(2 / 3)
    assert found.mixed_polarity == pytest.approx(1 / 2)
    assert found.accuracy == pytest.approx(3 / 4)
    assert np.isnan(measure_targets(["praise"], p[2:3], np.array([2])).mixed_polarity)


def test_alarms_by_hand() -> None:
    p = np.array([[0.9, 0.1, 0.0], [0.7, 0.3, 0.0], [0.4, 0.6, 0.0], [0.1, 0.9, 0.0]])
    (point,) = alarm_points([Predictions("news", True, p, np.array([0, 1, 0, 1]))], [0.6])
    assert (point.precision, point.recall) == (0.5, 0.5)


def test_an_untrained_model_is_sure_of_nothing() -> None:
    model = Model.quantised(np.zeros((1 << 22, 3), dtype=np.float32))
    assert model.calibration("news") == PLAIN
