"""Telling words: the few words of a text that its score comes from most, of either side.

A character's weight is shared out from grams, so what a reader should see is the word around it:
the heaviest characters are taken one by one, each with the known word that weighs most.
"""

import unicodedata
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Final

import numpy as np
from numpy.typing import NDArray

from core.folding import fold
from sentiment.word_borders import is_known_word
from storage.mentions import Contribution

Floats = NDArray[np.float64]

MOST: Final = 4  # words of each side
_LONGEST: Final = 4  # code points of a known word
_LONGEST_RUN: Final = 24  # letters to each side that make a Latin word
# A character tells when it weighs at least half of the heaviest of its side, a quarter of the
# heaviest of both, and this (log-odds).
_SHARE, _SHARE_OF_BOTH, _LEANS = 1 / 2, 1 / 4, 0.02
_WHOLE: Final = 0.7  # a whole word is told though its other characters take up to 3/10 away
_TRIES: Final = 64  # heaviest characters looked at


def telling_words(text: str, characters: Sequence[float]) -> tuple[Contribution, ...]:
    """Return the words of *text* that weigh most, in order, each with the sum of its characters.

    *characters* are those of ``sentiment.scorer.Explanation``. Words that touch and lean alike
    are one.
    """
    weights = np.asarray(characters, dtype=np.float64)
    words: dict[tuple[int, int], bool] = {}  # place → whether it leans to negative
    for at in _telling(text, weights):
        bad = bool(weights[at] < 0)
        if any(start <= at < end for start, end in words):
            continue
        if sum(side == bad for side in words.values()) < MOST:
            words[_word(text, -weights if bad else weights, at, list(words))] = bad
    return tuple(
        Contribution(start, end, float(weights[start:end].sum()))
        for start, end in _joined(sorted(words.items()))
    )


def _telling(text: str, weights: Floats) -> list[int]:
    """Return the places of the characters that tell, the heaviest first."""
    sizes = np.abs(weights)
    heaviest = np.argsort(-sizes, kind="stable").tolist()
    found = list(islice((at for at in heaviest if _tells(text[at])), _TRIES))
    if not found:
        return []
    most = {
        bad: max((sizes[at] for at in found if (weights[at] < 0) == bad), default=0.0)
        for bad in (True, False)
    }
    least = max(float(sizes[found[0]]) * _SHARE_OF_BOTH, _LEANS)
    return [at for at in found if sizes[at] >= max(most[bool(weights[at] < 0)] * _SHARE, least)]


def _tells(sign: str) -> bool:
    """Whether *sign* is a letter, a digit or a symbol such as an emoji, and no punctuation."""
    return sign.isalnum() or unicodedata.category(sign)[0] == "S"


def _word(text: str, weights: Floats, at: int, taken: Sequence[tuple[int, int]]) -> tuple[int, int]:
    """Return the word around *at* with the largest of *weights* that leaves *taken* alone."""
    low = max((end for _start, end in taken if end <= at), default=0)
    high = min((start for start, _end in taken if start > at), default=len(text))
    if _is_latin(text[at]):
        start, end = _run(text, at, low, high)
        return (start, end) if weights[start:end].sum() > 0 else (at, at + 1)
    best, heaviest = (at, at + 1), float(weights[at]) * _WHOLE
    first, last = max(low, at - _LONGEST + 1), min(high, at + _LONGEST)
    folded = fold(text[first:last])
    for start in range(first, at + 1):
        for end in range(max(at + 1, start + 2), min(start + _LONGEST, last) + 1):
            weight = float(weights[start:end].sum())
            if weight > heaviest and is_known_word(folded[start - first : end - first]):
                best, heaviest = (start, end), weight
    return best


def _run(text: str, at: int, low: int, high: int) -> tuple[int, int]:
    """Return the Latin word or number around *at*."""
    start = end = at
    while start > max(low, at - _LONGEST_RUN) and _is_latin(text[start - 1]):
        start -= 1
    while end < min(high, at + _LONGEST_RUN) and _is_latin(text[end]):
        end += 1
    return start, end


def _is_latin(sign: str) -> bool:
    return sign.isascii() and sign.isalnum()


def _joined(words: Iterable[tuple[tuple[int, int], bool]]) -> list[tuple[int, int]]:
    """Return the places of *words*, in order; what touches and leans alike is made one."""
    joined: list[tuple[int, int]] = []
    before = None
    for (start, end), bad in words:
        if joined and joined[-1][1] == start and before == bad:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
        before = bad
    return joined
