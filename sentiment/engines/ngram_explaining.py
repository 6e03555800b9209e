"""What a score of the n-gram engine comes from: its clauses, then its characters.

A gram's weight goes to its characters in equal shares; what lies between clauses counts for the
clause before. Of a text in doubt the net's states add theirs (``Net.shares``). What belongs to no
clause, the difference of the biases first of all, is spread by length.
"""

from dataclasses import dataclass

import numpy as np

from sentiment.clauses import split_clauses
from sentiment.engines.character_shares import character_shares
from sentiment.engines.charnet import Blend, Heard
from sentiment.engines.ngram_model import Calibration, Floats
from sentiment.engines.ngram_text import BLANK, BORDER, Places, Reading
from storage.mentions import Contribution, Span

Parts = tuple[tuple[Contribution, ...], tuple[float, ...]]


@dataclass(frozen=True)
class Doubt:
    """What the net heard in a text in doubt, and how both answers are blended."""

    heard: Heard
    blend: Blend


def parts(
    text: str, reading: Reading, own: Floats, calibration: Calibration, doubt: Doubt | None
) -> Parts:
    """Return what each clause and each code point of *text* adds to log(p_positive/p_negative).

    *reading* is of *text* alone, *own* what each of its entries adds by its grams before
    *calibration*, or before the blend of a text in *doubt*.
    """
    clauses = split_clauses(text)
    visible = (reading.codes != BLANK) & (reading.codes != BORDER)
    if not clauses or not visible.any():
        silent = tuple(Contribution(clause.start, clause.end, 0.0) for clause in clauses)
        return silent, (0.0,) * len(text)
    starts = np.array([clause.start for clause in clauses])
    owners = np.maximum(np.searchsorted(starts, reading.places, side="right") - 1, 0)
    own = own * doubt.blend.first if doubt else own / calibration.temperature
    sums = np.bincount(owners, weights=own, minlength=len(clauses)).astype(np.float64)
    if doubt:
        effects, spread = _of_net(doubt, owners, len(clauses))
        sums += effects
    else:
        spread = calibration.biases[2] - calibration.biases[0]
    sums += spread * np.bincount(owners[visible], minlength=len(clauses)) / visible.sum()
    told = _told(clauses, sums)
    return told, tuple(character_shares(text, reading, own, told).tolist())


def _of_net(doubt: Doubt, owners: Places, count: int) -> tuple[Floats, float]:
    """Return what the net adds to each of *count* clauses, and what is left to be spread."""
    heard, blend = doubt.heard, doubt.blend
    shares = heard.shares[:, 2] - heard.shares[:, 0]
    effects = np.bincount(owners[heard.places], weights=shares, minlength=count).astype(np.float64)
    whole = float(heard.answer[2]) - float(heard.answer[0])
    left = blend.second * (whole - float(effects.sum())) + blend.biases[2] - blend.biases[0]
    return effects * blend.second, left


def _told(clauses: list[Span], sums: Floats) -> tuple[Contribution, ...]:
    return tuple(
        Contribution(clause.start, clause.end, weight)
        for clause, weight in zip(clauses, sums.tolist(), strict=True)
    )
