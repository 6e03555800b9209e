"""Word borders in Han text: whether a short name stands there, or pieces of two other words do.

中华为了 reads 中华|为了, 其中华为 reads 其中|华为. The likeliest division into words is found as in
any dictionary segmenter (a unigram model, Viterbi), but only for the few characters around a name.
Counts are those of word_counts.txt and everyday_words.json.
"""

import math
from functools import cache, lru_cache
from importlib.resources import files
from typing import Final

from sentiment.everyday import everyday_words

LONGEST_JUDGED: Final = 3  # Han characters; longer names are hardly ever made by chance
REACH: Final = 4  # characters on each side that are read, which is the longest word
_NAME_POWER: Final = 10.0  # a watched name counts like a word seen 2**10 times
_EVERYDAY_POWER: Final = 12.0  # and a word that people listed on purpose like one seen 2**12 times
_UNKNOWN_POWER: Final = 3.0  # a character that no list has
_TOTAL_POWER: Final = 26.0  # all words together, about 2**26
_GAP_COST: Final = 3.0  # a word over a separator is 2**3 times rarer


def is_torn(before: str, name: str, behind: str, gaps: frozenset[int]) -> bool:
    """Say whether *name* between *before* and *behind* reads better as pieces of other words.

    The three are Han without separators; *gaps* holds the places, counted from the start of
    *name*, before which a separator stood.
    """
    if len(name) > LONGEST_JUDGED:
        return False
    left = before[-REACH:]
    shifted = frozenset(gap + len(left) for gap in gaps)
    return _judged(left, name, behind[:REACH], shifted)


def is_known_word(word: str) -> bool:
    """Say whether *word*, folded, is one of the lists."""
    return word in _powers()


@lru_cache(maxsize=32_768)
def _judged(before: str, name: str, behind: str, gaps: frozenset[int]) -> bool:
    text, start, end = before + name + behind, len(before), len(before) + len(name)
    best = [0.0] + [-math.inf] * len(text)  # by the likeliest words
    kept = list(best)  # by the likeliest words that leave the name whole, or all in single pieces
    for at in range(1, len(text) + 1):
        for first in range(max(0, at - _longest()), at):
            power = _power(text[first:at]) - _cost(gaps, first, at)
            crosses = (first < start < at or first < end < at) and at - first > 1
            best[at] = max(best[at], best[first] + power)
            if not crosses:
                kept[at] = max(kept[at], kept[first] + power)
        if at == end:
            whole = max(_power(name), _NAME_POWER - _TOTAL_POWER) - _cost(gaps, start, end)
            kept[at] = max(kept[at], kept[start] + whole)
            best[at] = max(best[at], best[start] + whole)
    return best[-1] > kept[-1]


def _cost(gaps: frozenset[int], first: int, at: int) -> float:
    return _GAP_COST * sum(first < gap < at for gap in gaps) if gaps else 0.0


def _power(word: str) -> float:
    """Return the binary logarithm of how likely *word* is."""
    known = _powers().get(word)
    if known is not None:
        return known - _TOTAL_POWER
    return _UNKNOWN_POWER - _TOTAL_POWER if len(word) == 1 else -math.inf


@cache
def _powers() -> dict[str, float]:
    counts = files("sentiment").joinpath("word_counts.txt").read_text(encoding="utf-8")
    powers: dict[str, float] = {}
    for line in counts.splitlines():
        power, *words = line.split(" ")
        powers.update(dict.fromkeys(words, float(power)))
    for word in everyday_words().words:
        powers[word] = max(powers.get(word, 0.0), _EVERYDAY_POWER)
    return powers


@cache
def _longest() -> int:
    return max(map(len, _powers()))
