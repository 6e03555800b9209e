"""Text as the character net reads it: numbers of characters, and hashed pairs of neighbours.

It sees what the n-gram engine sees (``ngram_text``), of a long text only head and tail: what a text
is about stands at its beginning, what came of it at its end.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from sentiment.engines.ngram_text import BORDER, Codes, Places

HEAD, TAIL = 96, 64  # characters
PAIR_BITS: Final = 15
UNKNOWN, MASKED, FIRST = 1, 2, 3  # 0 fills short rows up in training; characters begin at FIRST

Numbers = NDArray[np.int32]

_FIRST, _SECOND, _MIX = np.uint32(0x9E3779B1), np.uint32(0x85EBCA77), np.uint32(0x2C1B3C6D)


def seen(length: int) -> Places:
    """Return which of *length* characters the net reads."""
    if length <= HEAD + TAIL:
        return np.arange(length)
    return np.concatenate([np.arange(HEAD), np.arange(length - TAIL, length)])


def characters(codes: Codes, known: Codes) -> Numbers:
    """Return the number of each character; *known* is sorted."""
    places = np.minimum(np.searchsorted(known, codes), len(known) - 1)
    return np.asarray(np.where(known[places] == codes, places + FIRST, UNKNOWN), dtype=np.int32)


def pairs(codes: Codes) -> Numbers:
    """Return the bucket of each character with the next, the last with the border; 0 is none."""
    following = np.append(codes[1:], np.uint32(BORDER))
    hashes = codes * _FIRST + following * _SECOND
    mixed = (hashes ^ (hashes >> np.uint32(15))) * _MIX
    return np.asarray(np.maximum(mixed >> np.uint32(32 - PAIR_BITS), 1), dtype=np.int32)
