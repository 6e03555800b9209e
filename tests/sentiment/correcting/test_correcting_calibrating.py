"""Calibrations follow the marks: made of enough of them, for one engine, looked at again."""

import math

import pytest
from correcting_marks import ENGINE, harsh, mark, put

from core.clock import FixedClock
from sentiment.correcting.applying import (
    OwnCalibration,
    calibrations_in_use,
    log_probabilities,
)
from sentiment.correcting.calibrating import STEP, Recalibrator, latest_fits, recalibrate
from sentiment.correcting.fitting import FEWEST_MARKS
from sentiment.engines.ngram_model import Calibration
from sentiment.scorer import Score
from storage.records import Records
from storage.records.marks import CalibrationFit


def fits(records: Records) -> dict[tuple[str, str], CalibrationFit]:
    with records.read() as session:
        return {(fit.scope, fit.key): fit for fit in latest_fits(session)}


def test_fifty_marks_of_a_brand_and_source_type_give_each_a_calibration(
    records: Records, clock: FixedClock
) -> None:
    put(records, *harsh(0, FEWEST_MARKS - 1))
    assert recalibrate(records, ENGINE, clock) == []
    put(records, *harsh(FEWEST_MARKS - 1, 1))
    assert len(recalibrate(records, ENGINE, clock)) == 2
    found = fits(records)
    assert set(found) == {("brand", "brand_own"), ("source_type", "forum")}
    brand = found["brand", "brand_own"]
    assert (brand.marks, brand.in_use, brand.reason) == (FEWEST_MARKS, True, "better")
    assert brand.figures["accuracy_after"] > brand.figures["accuracy_before"]
    assert brand.figures["loss_after"] < brand.figures["loss_before"]
    assert brand.at == clock.now()

    with records.read() as session:
        used = calibrations_in_use(session, ENGINE)
    harshly = Score.of(0.6, 0.3, 0.1)
    own = used.of("brand_own", None)
    assert own is not None
    assert own.applied(harshly).label == "neutral"
    assert own.applied(Score.of(0.9, 0.05, 0.05)).label == "negative"
    by_type = used.of(None, "forum")
    assert by_type is not None
    assert by_type.id != own.id
    assert used.of("brand_own", "forum") == own
    assert used.of("other", "news") is None


def test_it_is_for_no_other_engine(records: Records, clock: FixedClock) -> None:
    put(records, *harsh(0, 60))
    assert recalibrate(records, "words-2", clock) == []
    recalibrate(records, ENGINE, clock)
    with records.read() as session:
        assert calibrations_in_use(session, "words-2").of("brand_own", "forum") is None
        assert calibrations_in_use(session, ENGINE).of("brand_own", "forum") is not None


def test_it_is_made_again_after_some_new_marks_and_not_before(
    records: Records, clock: FixedClock
) -> None:
    put(records, *harsh(0, 60))
    recalibrate(records, ENGINE, clock)
    put(records, *harsh(60, STEP - 1))
    assert recalibrate(records, ENGINE, clock) == []
    put(records, *harsh(60 + STEP - 1, 1))
    assert {fit.marks for fit in recalibrate(records, ENGINE, clock)} == {70}


def test_what_no_longer_helps_is_no_longer_used(records: Records, clock: FixedClock) -> None:
    put(records, *harsh(0, 60))
    recalibrate(records, ENGINE, clock)
    # Of those called .6, .3 and .1 as many were each as that says.
    labels = ["negative"] * 6 + ["neutral"] * 3 + ["positive"]
    put(records, *(mark(f"n{n:04}", "brand_own", labels[n * 7 % 10]) for n in range(600)))
    recalibrate(records, ENGINE, clock)
    fit = fits(records)["brand", "brand_own"]
    assert not fit.in_use
    assert fit.reason in {"loss_not_better", "accuracy_worse"}
    with records.read() as session:
        assert calibrations_in_use(session, ENGINE).of("brand_own", None) is None


def test_corrections_alone_are_refused_with_the_reason(records: Records, clock: FixedClock) -> None:
    put(records, *(mark(f"m{number}", "brand_own", "neutral") for number in range(80)))
    recalibrate(records, ENGINE, clock)
    fit = fits(records)["brand", "brand_own"]
    assert (fit.in_use, fit.reason, fit.figures) == (False, "one_sided", {})


def test_what_was_taken_back_teaches_nothing(records: Records, clock: FixedClock) -> None:
    put(records, *harsh(0, 60), *(mark(f"m{n:04}", "brand_own", "") for n in range(20)))
    assert recalibrate(records, ENGINE, clock) == []


def test_a_mention_counts_once_for_its_source_type(records: Records, clock: FixedClock) -> None:
    put(records, *harsh(0, 30))
    put(records, *(mark(f"m{n:04}", "", "neutral") for n in range(30)))
    assert recalibrate(records, ENGINE, clock) == []


def test_a_calibration_is_taken_out_of_what_it_had_shaped(
    records: Records, clock: FixedClock
) -> None:
    """Marks on scores that our own calibration shaped teach the same as on the engine's own."""
    put(records, *harsh(0, 60))
    recalibrate(records, ENGINE, clock)
    with records.read() as session:
        own = calibrations_in_use(session, ENGINE).of("brand_own", None)
    assert own is not None
    shaped = []
    for each in harsh(60, 60):
        score = own.applied(Score.of(each.p_negative, each.p_neutral, each.p_positive))
        each.p_negative, each.p_neutral = score.p_negative, score.p_neutral
        each.p_positive, each.calibration_id = score.p_positive, own.id
        shaped.append(each)
    put(records, *shaped)
    again = fits(records)["brand", "brand_own"]
    recalibrate(records, ENGINE, clock)
    newer = fits(records)["brand", "brand_own"]
    assert newer.marks == 120
    assert newer.in_use
    # More of the same, so the pull towards nothing counts for less; the direction is the same.
    assert newer.parameters["biases"][0] <= again.parameters["biases"][0] + 0.05


@pytest.mark.parametrize("p", [(0.7, 0.2, 0.1), (0.01, 0.01, 0.98), (1.0, 0.0, 0.0)])
def test_taking_out_gives_the_engines_own_back(p: tuple[float, float, float]) -> None:
    own = OwnCalibration(1, Calibration(1.7, (-0.4, 0.3, 0.1)))
    shaped = own.applied(Score.of(*p))
    found = log_probabilities(
        (shaped.p_negative, shaped.p_neutral, shaped.p_positive), own.calibration
    )
    weights = [math.exp(each - max(found)) for each in found]
    assert [each / sum(weights) for each in weights] == pytest.approx(p, abs=1e-5)


def test_nothing_new_is_told_by_one_look(records: Records, clock: FixedClock) -> None:
    recalibrator = Recalibrator(records, clock)
    assert not recalibrator.step(ENGINE)
    put(records, *harsh(0, 60))
    assert recalibrator.step(ENGINE)
    assert not recalibrator.step(ENGINE)
    assert len(fits(records)) == 2
