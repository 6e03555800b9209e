"""A calibration from marks is used when it does better on marks that it has not seen."""

import numpy as np
import pytest
from numpy.typing import NDArray

from sentiment.correcting.fitting import FEWEST_MARKS, Verdict, judge_fit

Floats = NDArray[np.float64]


def engine(count: int, seed: int, *, bias: float = 0.0) -> tuple[Floats, NDArray[np.int64]]:
    """Log-probabilities of an engine that leans by *bias* towards negative, and true labels."""
    chance = np.random.default_rng(seed)
    truth = chance.normal(0, 2.0, (count, 3))
    right = np.exp(truth) / np.exp(truth).sum(axis=1, keepdims=True)
    labels = np.array([chance.choice(3, p=row) for row in right])
    leaning = truth + np.array([bias, 0.0, 0.0])
    return leaning - np.log(np.exp(leaning).sum(axis=1, keepdims=True)), labels


def verdict(count: int, seed: int, *, bias: float = 0.0) -> Verdict:
    return judge_fit(*engine(count, seed, bias=bias))


def test_a_leaning_engine_is_set_upright_and_better_on_marks_not_seen() -> None:
    found = verdict(100, 1, bias=2.0)
    assert found.kept
    assert found.figures is not None
    assert found.figures.accuracy_after > found.figures.accuracy_before
    assert found.figures.loss_after < found.figures.loss_before
    assert found.calibration.biases[0] < -0.5
    logits, labels = engine(2_000, 2, bias=2.0)
    after = found.calibration.probabilities(logits).argmax(axis=1)
    assert (after == labels).mean() > (logits.argmax(axis=1) == labels).mean() + 0.03


def test_an_upright_engine_is_left_alone() -> None:
    found = [verdict(60, seed) for seed in range(20)]
    assert sum(each.kept for each in found) <= 2
    assert {each.reason for each in found} - {"better"} <= {"loss_not_better", "accuracy_worse"}


def test_few_marks_change_nothing() -> None:
    found = verdict(FEWEST_MARKS - 1, 1, bias=3.0)
    assert (found.kept, found.reason, found.figures) == (False, "too_few", None)
    assert verdict(FEWEST_MARKS, 1, bias=3.0).figures is not None


def test_corrections_alone_teach_nothing() -> None:
    logits, labels = engine(400, 3)
    wrong = logits.argmax(axis=1) != labels
    assert wrong.sum() >= FEWEST_MARKS
    found = judge_fit(logits[wrong], labels[wrong])
    assert (found.kept, found.reason) == (False, "one_sided")


def test_the_verdict_is_the_same_each_time() -> None:
    assert verdict(80, 5, bias=1.0) == verdict(80, 5, bias=1.0)


@pytest.mark.parametrize("label", [0, 1, 2])
def test_marks_that_all_say_the_same_stay_within_reason(label: int) -> None:
    logits, _ = engine(60, 4)
    found = judge_fit(logits, np.full(60, label)).calibration
    assert 0.1 <= found.temperature <= 10
    assert all(abs(bias) < 20 for bias in found.biases)
    assert np.isfinite(found.probabilities(logits)).all()
