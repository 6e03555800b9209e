"""How right the engine is told from chance draws; what people came upon is counted beside."""

from datetime import timedelta

import pytest
from correcting_marks import NOON, mark, put

from sentiment.correcting.accuracy import Accuracy, accuracies, wilson
from storage.records import Records


@pytest.mark.parametrize(
    ("right", "count", "low", "high"),
    # R: binom::binom.confint(x, n, method = "wilson")
    [(8, 10, 0.4902, 0.9433), (0, 5, 0.0, 0.4345), (50, 50, 0.9287, 1.0), (1, 1, 0.2065, 1.0)],
)
def test_the_interval_is_wilsons(right: int, count: int, low: float, high: float) -> None:
    assert wilson(right, count) == (pytest.approx(low, abs=1e-4), pytest.approx(high, abs=1e-4))


def test_only_what_was_drawn_by_chance_makes_the_rate(records: Records) -> None:
    put(
        records,
        mark("a", "brand_own", "negative", origin="sample"),
        mark("b", "brand_own", "neutral", origin="sample"),
        *(mark(f"found{number}", "brand_own", "positive") for number in range(9)),
        mark("confirmed", "brand_own", "negative"),
    )
    with records.read() as session:
        found = accuracies(session)
    assert found.by_brand == {"brand_own": Accuracy(2, 1, 9, 1)}
    assert found.whole.rate == 0.5
    assert found.whole.marks == 12


def test_without_a_draw_there_is_no_rate(records: Records) -> None:
    put(records, mark("a", "brand_own"))
    with records.read() as session:
        whole = accuracies(session).whole
    assert (whole.rate, whole.interval, whole.corrected) == (None, None, 1)


def test_the_last_word_counts_once_and_none_that_was_taken_back(records: Records) -> None:
    put(
        records,
        mark("a", "brand_own", "neutral"),
        mark("a", "", "neutral"),
        mark("a", "brand_own", "negative"),
        mark("a", "", "negative"),
        mark("b", "brand_own", "neutral"),
        mark("b", "brand_own", ""),
        mark("c", "", "neutral", source_type=None),
    )
    with records.read() as session:
        found = accuracies(session)
    assert found.by_brand == {"brand_own": Accuracy(confirmed=1)}
    assert found.by_type == {"": Accuracy(corrected=1), "forum": Accuracy(confirmed=1)}
    assert found.whole == Accuracy(corrected=1, confirmed=1)


def test_a_span_counts_by_the_time_of_the_mark(records: Records) -> None:
    put(records, mark("a"), mark("b", at=NOON + timedelta(days=1)))
    with records.read() as session:
        assert accuracies(session, NOON + timedelta(hours=1)).whole.marks == 1
        assert accuracies(session, None, NOON).whole.marks == 0
        assert accuracies(session, NOON, NOON + timedelta(days=2)).whole.marks == 2
