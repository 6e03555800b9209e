"""Rows made of templates and words: as many for each phenomenon and label, the same for a seed."""

import random
from collections.abc import Sequence
from typing import Final

import numpy as np

from sentiment.training.data import LABELS, DataSet, Rows
from sentiment.training.hard_language.forms import OF_LISTS, Domain, Words, templates, words

NAME: Final = "hard_language"
ROWS_PER_LABEL: Final = 80  # of each phenomenon; together some 3 % of what a fit learns from
SOURCE_TYPE: Final = "review"  # of the set; it has no held-back rows, so nothing rests on it
_TRIES: Final = 20  # a template with few words soon repeats itself


def hard_language_set(seed: int) -> DataSet:
    """Return the set for *seed*: train rows only, since dev rows of templates would flatter."""
    rng = random.Random(seed)  # noqa: S311 - a draw of words, no secret
    chosen: dict[str, int] = {}
    for by_label in templates().phenomena.values():
        for label, lines in by_label.items():
            for text in _texts(lines, words(), rng):
                chosen.setdefault(text, LABELS.index(label))
    labels = np.array(list(chosen.values()), dtype=np.int64)
    return DataSet(NAME, SOURCE_TYPE, Rows(tuple(chosen), labels), Rows((), labels[:0]))


def _texts(lines: Sequence[str], lists: Words, rng: random.Random) -> list[str]:
    """Return texts of the templates *lines*, each template as often as the others.

    They end as the templates do: ！ and …… drawn at random would teach that they say nothing.
    """
    found: dict[str, None] = {}
    for turn in range(ROWS_PER_LABEL * _TRIES):
        if len(found) == ROWS_PER_LABEL:
            break
        domain = rng.choice(lists.domains)
        text = lines[turn % len(lines)].format_map(_filling(domain, lists, rng))
        found[text] = None
    return list(found)


def _filling(domain: Domain, lists: Words, rng: random.Random) -> dict[str, str]:
    """Return a word for each slot; two slots of one list get two different words."""
    (a, good, bad), (b, other_good, other_bad) = rng.sample(domain.aspects, 2)
    filling = {"p": rng.choice(domain.products), "a": a, "b": b}
    filling["g"], filling["g2"] = rng.sample(good, 2)
    filling["h"], filling["h2"] = rng.sample(bad, 2)
    filling["bg"], filling["bh"] = rng.choice(other_good), rng.choice(other_bad)
    filling["win"], filling["win2"] = rng.sample(domain.wins, 2)
    filling["fault"], filling["fault2"] = rng.sample(domain.faults, 2)
    drawn: dict[str, list[str]] = {}
    for slot, name in OF_LISTS.items():
        left = drawn.setdefault(name, rng.sample(getattr(lists, name), 2))
        filling[slot] = left.pop()
    return filling
