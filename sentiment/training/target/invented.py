"""Rows made of whole texts: a name put into a text stands for somebody whom the text is about.

They keep the net from being worse where a text names one brand, and show it texts that praise one
and blame another: two texts of one set in a row, each with a name of its own.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np

from sentiment.target import Aim
from sentiment.training.data import Labels, Rows
from storage.mentions import Span

EACH_EPOCH: Final = 300  # rows of each whole-text set
LONGEST_PART: Final = 80  # characters of a text that stands beside another
_LONGEST_NAME: Final = 4
_INSIDE, _BEFORE, _BESIDE = range(3)  # where the name stands; the last with a second text


def invented(rows: Rows, count: int, rng: np.random.Generator) -> tuple[tuple[Aim, ...], Labels]:
    """Return *count* targets in texts of *rows* drawn at random, with the labels of the texts."""
    spoken = [at for at, text in enumerate(rows.texts) if len(text.strip()) > _LONGEST_NAME]
    if not spoken:
        return (), np.zeros(0, dtype=np.int64)
    chosen = rng.choice(spoken, count)
    kinds = rng.integers(0, 3, count)
    aims = []
    for at, kind in zip(chosen.tolist(), kinds.tolist(), strict=True):
        other = int(rng.choice(spoken))
        aims.append(_aim(rows.texts, at, other, kind, rng))
    return tuple(aims), rows.labels[chosen]


def _aim(texts: Sequence[str], at: int, other: int, kind: int, rng: np.random.Generator) -> Aim:
    text = texts[at]
    if kind == _INSIDE:
        return _inside(text, rng)
    name = _name(texts, rng)
    if kind == _BEFORE:
        return Aim(name + text, (Span(0, len(name)),))
    rival = _name(texts, rng)
    own, beside = name + text[:LONGEST_PART], rival + texts[other][:LONGEST_PART]
    border = "，。！ ；"[int(rng.integers(0, 5))]
    if rng.random() < 0.5:
        start = len(own) + 1
        spans = Span(0, len(name)), Span(start, start + len(rival))
        return Aim(own + border + beside, spans[:1], spans[1:])
    start = len(beside) + 1
    spans = Span(start, start + len(name)), Span(0, len(rival))
    return Aim(beside + border + own, spans[:1], spans[1:])


def _inside(text: str, rng: np.random.Generator) -> Aim:
    start = int(rng.integers(0, max(len(text) - _LONGEST_NAME, 1)))
    end = min(start + int(rng.integers(2, _LONGEST_NAME + 1)), len(text))
    return Aim(text, (Span(start, max(end, start)),))


def _name(texts: Sequence[str], rng: np.random.Generator) -> str:
    """Return some characters from anywhere: what a name is made of tells nothing."""
    source = texts[int(rng.integers(0, len(texts)))].strip() or "某"
    start = int(rng.integers(0, len(source)))
    return source[start : start + int(rng.integers(2, _LONGEST_NAME + 1))]
