"""The hard language to learn from: balanced, repeatable, and not what it is tested on."""

import json
import string
from pathlib import Path

import numpy as np
import pytest
from pydantic import ValidationError

from bench.hard_language import load_pairs
from sentiment.training.data import DataSet
from sentiment.training.hard_language import NAME, hard_language_set
from sentiment.training.hard_language.forms import OF_LISTS, Templates, templates, words
from sentiment.training.hard_language.rows import ROWS_PER_LABEL

PAIRS = load_pairs(Path(__file__).parent / "minimal_pairs.jsonl")
SHARED_RUN = 8  # characters; shorter runs are idioms and grammar, which any two texts may share


@pytest.fixture(scope="module")
def drawn() -> DataSet:
    return hard_language_set(1)


def runs(text: str) -> set[str]:
    return {text[at : at + SHARED_RUN] for at in range(len(text) - SHARED_RUN + 1)}


def test_a_seed_gives_the_same_rows_and_another_seed_others(drawn: DataSet) -> None:
    again, other = hard_language_set(1), hard_language_set(2)
    assert again.train.texts == drawn.train.texts
    assert again.train.labels.tolist() == drawn.train.labels.tolist()
    assert other.train.texts != drawn.train.texts


def test_every_phenomenon_of_the_pairs_is_taught_in_all_three_labels() -> None:
    by_phenomenon = templates().phenomena
    assert by_phenomenon.keys() == {pair["phenomenon"] for pair in PAIRS}
    for labels in by_phenomenon.values():
        assert labels.keys() == {"negative", "neutral", "positive"}


def test_no_label_is_favoured(drawn: DataSet) -> None:
    counts = np.bincount(drawn.train.labels, minlength=3)
    assert counts.sum() > 10 * 3 * ROWS_PER_LABEL
    assert counts.max() <= 1.05 * counts.min()


def test_it_has_no_held_back_rows_and_no_row_twice(drawn: DataSet) -> None:
    assert (drawn.name, len(drawn.dev)) == (NAME, 0)
    assert len(set(drawn.train.texts)) == len(drawn.train)


def test_every_slot_is_filled(drawn: DataSet) -> None:
    assert not [text for text in drawn.train.texts if "{" in text or "}" in text]


def test_no_wording_of_the_pairs_is_learned(drawn: DataSet) -> None:
    learned = set().union(*map(runs, drawn.train.texts))
    tested = {text["text"] for pair in PAIRS for text in pair["texts"]}
    assert {run for text in tested for run in runs(text) & learned} == set()


def test_no_domain_word_stands_for_and_against() -> None:
    for domain in words().domains:
        for aspect, good, bad in domain.aspects:
            assert not set(good) & set(bad), f"{domain.name}: {aspect}"


def test_every_list_of_words_is_used() -> None:
    lines = [
        line for labels in templates().phenomena.values() for of in labels.values() for line in of
    ]
    used = {slot for line in lines for _text, slot, _form, _how in string.Formatter().parse(line)}
    assert set(OF_LISTS.values()) == {OF_LISTS[slot] for slot in used & OF_LISTS.keys()}  # type: ignore[index]


def test_a_template_with_an_unknown_slot_is_refused() -> None:
    form = {"about": "", "phenomena": {"irony": {"negative": ["{nobody}真好"]}}}
    with pytest.raises(ValidationError, match="nobody"):
        Templates.model_validate_json(json.dumps(form))
