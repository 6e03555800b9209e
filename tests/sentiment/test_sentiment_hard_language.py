"""Minimal pairs of hard language: the file's form, and how many pairs the engine passes."""

import json
from collections import Counter
from difflib import SequenceMatcher
from pathlib import Path
from typing import get_args

import pytest

from bench.hard_language import (
    Pair,
    Text,
    as_shipped,
    by,
    is_right,
    load_pairs,
    pair_counts,
    raise_floors,
)
from bench.hard_language import passed as count_passed
from sentiment.scorer import Score, Scorer, SourceType
from storage.mentions import Label

HERE = Path(__file__).parent
FLOORS: dict[str, int] = json.loads((HERE / "minimal_pairs_floors.json").read_text("utf-8"))
PHENOMENA = [name for name in FLOORS if name != "all"]


@pytest.fixture(scope="module")
def pairs() -> list[Pair]:
    return load_pairs(HERE / "minimal_pairs.jsonl")


@pytest.fixture(scope="module")
def passed(pairs: list[Pair], ngram: Scorer) -> dict[str, int]:
    return count_passed(pairs, by(ngram))


def test_every_pair_has_two_texts_of_different_labels(pairs: list[Pair]) -> None:
    for pair in pairs:
        first, second = pair["texts"]
        assert first["label"] != second["label"], pair["id"]
        assert {first["label"], second["label"]} <= set(get_args(Label)), pair["id"]
        assert pair["source_type"] in get_args(SourceType), pair["id"]


def test_the_texts_of_a_pair_differ_little(pairs: list[Pair]) -> None:
    for pair in pairs:
        first, second = (text["text"] for text in pair["texts"])
        alike = SequenceMatcher(None, first, second, autojunk=False)
        assert alike.ratio() >= 0.2, pair["id"]


def test_no_text_and_no_id_comes_twice(pairs: list[Pair]) -> None:
    for values in (
        [pair["id"] for pair in pairs],
        [text["text"] for pair in pairs for text in pair["texts"]],
    ):
        assert [value for value, times in Counter(values).items() if times > 1] == []


def test_each_phenomenon_has_at_least_thirty_pairs(pairs: list[Pair]) -> None:
    counts = pair_counts(pairs)
    assert counts.keys() == FLOORS.keys()
    assert min(counts.values()) >= 30
    assert counts["all"] >= 360


def test_a_target_lies_within_its_text_and_has_its_own_label(pairs: list[Pair]) -> None:
    aimed = [text for pair in pairs for text in pair["texts"] if "target" in text]
    assert len(aimed) >= 60
    for text in aimed:
        target = text["target"]
        assert text["text"][target["start"] : target["end"]].strip()
        assert target["label"] in get_args(Label)


def test_comparisons_all_have_a_target(pairs: list[Pair]) -> None:
    compared = [pair for pair in pairs if pair["phenomenon"] == "comparison"]
    assert all("target" in text for pair in compared for text in pair["texts"])


@pytest.mark.parametrize("phenomenon", [*PHENOMENA, "all"])
def test_no_fewer_pairs_are_passed_than_were(passed: dict[str, int], phenomenon: str) -> None:
    assert passed[phenomenon] >= FLOORS[phenomenon]


def test_more_pairs_are_passed_than_by_snownlp(pairs: list[Pair], passed: dict[str, int]) -> None:
    some = pairs[::6]
    assert passed["all"] / len(pairs) > count_passed(some, as_shipped)["all"] / len(some)


def test_polar_texts_are_right_by_the_larger_share_and_neutral_ones_by_label() -> None:
    praise: Text = {"text": "好", "label": "positive"}
    news: Text = {"text": "开会", "label": "neutral"}
    leaning = Score.of(0.1, 0.6, 0.3)
    assert is_right(leaning, praise)
    assert is_right(leaning, news)
    assert not is_right(Score.of(0.3, 0.6, 0.1), praise)
    assert not is_right(Score.of(0.1, 0.3, 0.6), news)


def test_floors_go_up_but_never_down(tmp_path: Path) -> None:
    path = tmp_path / "floors.json"
    raise_floors({"irony": 5, "all": 9}, path)
    raise_floors({"irony": 9, "all": 4}, path)
    assert json.loads(path.read_text("utf-8")) == {"irony": 8, "all": 8}
