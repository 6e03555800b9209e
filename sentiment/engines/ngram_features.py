"""The features of the n-gram engine: hashed runs of one to three characters, two also as negated.

A feature is a bucket of a hash table (Weinberger et al. 2009). A text's value for it is count/√n
over its n grams: more text is more evidence, but less than in proportion, because what a text says
twice it did not learn twice. Beyond ``SATED`` grams it is no more evidence at all.
"""

from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sentiment.engines.ngram_text import BORDER, Codes, Mask, Places, Reading

BITS: Final = 22
BUCKETS: Final = 1 << BITS

Buckets = NDArray[np.int32]

NEGATING: Final = "不没无别未非勿莫"
SATED: Final = 1_500  # some 500 characters, as much as all but few of the texts learned from
REACH: Final = 8  # characters behind a negating one that it can turn, within its clause
_CLAUSE_ENDS: Final = "，。！？；：、,.!?;:…~～ "
_NEGATES, _ENDS = 1, 2
_ROLES_SIZE = 0x10000

# Odd multipliers and salts drawn once at random; the mixing steps are those of MurmurHash3's
# 32-bit finaliser (Appleby, public domain), halved: the buckets need the upper bits only.
_FIRST, _SECOND, _THIRD = np.uint32(0x9E3779B1), np.uint32(0x85EBCA77), np.uint32(0xC2B2AE3D)
_SALTS: Final = {
    "1": 0x1B873593,
    "2": 0x27D4EB2F,
    "3": 0x165667B1,
    "-1": 0x38B34AE5,
    "-2": 0xA1E38B93,
}
_MIX = np.uint32(0x2C1B3C6D)


@dataclass(frozen=True)
class Grams:
    """Grams of one kind: the *width* in characters, where each begins, and its bucket."""

    width: int
    at: Places
    buckets: Buckets


def grams(reading: Reading) -> list[Grams]:
    """Return every gram of every text of *reading*; none reaches over the border of a text."""
    codes = reading.codes
    inside = codes != BORDER
    first = codes * _FIRST
    pair = first[:-1] + codes[1:] * _SECOND
    triple = pair[:-1] + codes[2:] * _THIRD
    pair_inside = inside[:-1] & inside[1:]
    triple_inside = pair_inside[:-1] & inside[2:]
    turned = negated(codes)
    pair_turned = turned[:-1] & turned[1:]
    return [
        _kind(1, first, inside, "1"),
        _kind(2, pair, pair_inside, "2"),
        _kind(3, triple, triple_inside, "3"),
        _kind(1, first, turned, "-1"),
        _kind(2, pair, pair_turned, "-2"),
    ]


def counts(reading: Reading, found: list[Grams]) -> Places:
    """Return n of each text: how many grams it has."""
    lengths = reading.lengths
    plain = lengths + np.maximum(lengths - 1, 0) + np.maximum(lengths - 2, 0)
    turned = np.zeros(len(reading.codes) + 1, dtype=np.int64)
    for kind in found[3:]:
        turned[kind.at + 1] += 1
    sums = np.cumsum(turned)
    return plain + sums[reading.starts[1:]] - sums[reading.starts[:-1]]


def text_scale(n: Places) -> NDArray[np.float64]:
    """Return what one gram counts in a text of *n*: 1/√n, beyond ``SATED`` √SATED/n."""
    return np.asarray(np.sqrt(np.minimum(n, SATED)) / np.maximum(n, 1))


def negated(codes: Codes) -> Mask:
    """Tell which characters stand up to ``REACH`` behind a negating one in the same clause."""
    roles = _roles()[np.minimum(codes, _ROLES_SIZE)]
    negating = roles == _NEGATES
    reached = np.zeros(len(codes), dtype=np.bool_)
    if not negating.any():
        return reached
    goes_on = (roles != _ENDS) & (codes != BORDER)
    step = negating
    for _ in range(REACH):
        behind = np.zeros_like(step)
        np.logical_and(step[:-1], goes_on[1:], out=behind[1:])
        reached |= behind
        step = behind
    return reached


def _kind(width: int, hashes: Codes, chosen: Mask, salt: str) -> Grams:
    at = np.flatnonzero(chosen)
    return Grams(width, at, _buckets(hashes[at] + np.uint32(_SALTS[salt])))


def _buckets(hashes: Codes) -> Buckets:
    mixed = (hashes ^ (hashes >> np.uint32(15))) * _MIX
    return (mixed >> np.uint32(32 - BITS)).astype(np.int32)


@cache
def _roles() -> NDArray[np.uint8]:
    """Return which characters negate and which end a clause."""
    roles = np.zeros(_ROLES_SIZE + 1, dtype=np.uint8)
    for characters, role in ((NEGATING, _NEGATES), (_CLAUSE_ENDS, _ENDS)):
        roles[[ord(character) for character in characters]] = role
    return roles
