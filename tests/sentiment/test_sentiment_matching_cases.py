"""The labelled texts: what is named exactly, by part, and where the matcher is known to fail."""

from collections import Counter

import pytest

from bench.matching_cases import Case, load_cases, read_marks
from sentiment.matching import Watchlist

CASES = load_cases()
# Errors that may be left, by part: each is one that a dictionary of everyday words cannot tell.
ALLOWED = {"tuned": 4, "held": 4, "fresh": 14}


def found_in(case: Case) -> frozenset[tuple[str, int, int]]:
    return frozenset(
        (match.brand.id, span.start, span.end)
        for match in Watchlist(case.brands).match(case.text)
        for span in match.spans
    )


def test_there_are_enough_cases_and_a_third_of_them_was_held_back() -> None:
    parts = Counter(case.part for case in CASES)
    assert set(parts) == set(ALLOWED)
    assert parts["tuned"] >= 260
    assert parts["held"] + parts["fresh"] >= len(CASES) / 3


def test_no_text_is_labelled_twice_for_the_same_brands() -> None:
    assert max(Counter((case.brands, case.text) for case in CASES).values()) == 1


def test_tuned_and_held_cases_are_of_different_brands() -> None:
    brands: dict[str, set[str]] = {}
    for case in CASES:
        brands.setdefault(case.part, set()).update(brand.id for brand in case.brands)
    assert not brands["tuned"] & brands["held"]
    assert not brands["fresh"] & (brands["tuned"] | brands["held"])


@pytest.mark.parametrize("part", sorted(ALLOWED))
def test_nearly_every_text_comes_out_exactly_as_labelled(part: str) -> None:
    wrong = [
        case.text[:40] for case in CASES if case.part == part and found_in(case) != case.expected
    ]
    assert len(wrong) <= ALLOWED[part], wrong


EASY = ("plain names", "script, width and case", "exclusions", "overlapping brands", "disguises")


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(case, id=f"{case.part}-{case.phenomenon}-{at}")
        for at, case in enumerate(CASES)
        if case.phenomenon in EASY
    ],
)
def test_what_is_clear_is_never_missed(case: Case) -> None:
    assert found_in(case) == case.expected


def test_marks_give_places_in_the_bare_text() -> None:
    text, expected = read_marks("⟪3×啊⟫⟦a+b:华为⟧和⟦a:小米⟧")
    assert text == "啊啊啊华为和小米"
    assert expected == {("a", 3, 5), ("b", 3, 5), ("a", 6, 8)}


def test_a_broken_mark_is_refused() -> None:
    with pytest.raises(ValueError, match="not closed"):
        read_marks("⟦华为⟧")
