"""The features of the n-gram engine: hashed runs of one to three characters, two also as negated.

A feature is a bucket of a hash table (Weinberger et al. 2009). A text's value for it is count/√n
over its n grams: more text is more evidence, but less than in proportion, because what a text says
twice it did not learn twice. Beyond ``SATED`` grams it is no more evidence at all.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final, NamedTuple

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
_PLAIN: Final = 3  # kinds that are not negated
_ROLES_SIZE = BORDER + 4  # code points and marks
_BEHIND: Final = np.arange(1, REACH + 1)[:, np.newaxis]

# Odd multipliers and salts drawn once at random; the mixing steps are those of MurmurHash3's
# 32-bit finaliser (Appleby, public domain), halved: the buckets need the upper bits only.
_FIRST, _SECOND, _THIRD = np.uint32(0x9E3779B1), np.uint32(0x85EBCA77), np.uint32(0xC2B2AE3D)
_SALTS: Final = np.array([[0x1B873593], [0x27D4EB2F], [0x165667B1]], dtype=np.uint32)
_TURNED_SALTS: Final = np.array([[0x38B34AE5], [0xA1E38B93]], dtype=np.uint32)
_MIX = np.uint32(0x2C1B3C6D)
_HALF, _SPARE = np.uint32(15), np.uint32(32 - BITS)

# The grams of one to three characters that reach a border: row of ``plain_buckets``, and how far
# before the border they begin.
_WIDTHS: Final = np.array([0, 1, 1, 2, 2, 2])
_BEFORE: Final = np.array([0, 0, 1, 0, 1, 2])


@dataclass(frozen=True)
class Grams:
    """Grams of one kind: the *width* in characters, where each begins, and its bucket."""

    width: int
    at: Places
    buckets: Buckets


class Turned(NamedTuple):
    """The negated characters, and their grams: *buckets* (2, characters), *paired* the pairs."""

    at: Places
    paired: Mask  # whether the next character is negated too; else it begins no pair
    buckets: Buckets

    @property
    def kinds(self) -> tuple[Places, Places]:
        """Where those of one and those of two characters begin."""
        return self.at, self.at[self.paired]


def grams(reading: Reading) -> list[Grams]:
    """Return every gram of every text of *reading*; none reaches over the border of a text."""
    inside = np.ones((3, len(reading.codes)), dtype=np.bool_)
    inside[reaching_borders(reading)] = False
    plain = plain_buckets(reading.codes)
    kinds = [
        Grams(row + 1, at, plain[row, at])
        for row, at in enumerate(each.nonzero()[0] for each in inside)
    ]
    turned = turned_buckets(reading.codes)
    return [
        *kinds,
        *(
            Grams(*each)
            for each in zip(
                (1, 2),
                turned.kinds,
                (turned.buckets[0], turned.buckets[1, turned.paired]),
                strict=True,
            )
        ),
    ]


def plain_buckets(codes: Codes) -> Buckets:
    """Return the buckets of the grams of one, two and three characters, (3, characters).

    Each stands where its gram begins; what stands at ``reaching_borders`` is no gram's.
    """
    hashes = np.empty((3, len(codes)), dtype=np.uint32)
    one, two, three = hashes
    np.multiply(codes, _FIRST, out=one)
    np.add(one[:-1], codes[1:] * _SECOND, out=two[:-1])
    np.add(two[:-2], codes[2:] * _THIRD, out=three[:-2])
    two[-1:] = three[-2:] = 0
    hashes += _SALTS
    return _buckets(hashes)


def reaching_borders(reading: Reading) -> tuple[Places, Places]:
    """Return the rows and columns of ``plain_buckets`` where a gram would reach a border."""
    borders = reading.starts[1:, np.newaxis] - 1
    return _WIDTHS, np.maximum(borders - _BEFORE, 0)


def turned_buckets(codes: Codes) -> Turned:
    """Return the negated grams of one and of two characters."""
    reached = negated(codes)
    (at,) = reached.nonzero()
    hashes = np.empty((2, len(at)), dtype=np.uint32)
    if not len(at):
        return Turned(at, reached[:0], hashes.view(np.int32))
    behind = at + 1
    one, two = hashes
    np.multiply(codes.take(at), _FIRST, out=one)
    np.add(one, codes.take(behind) * _SECOND, out=two)
    hashes += _TURNED_SALTS
    return Turned(at, reached.take(behind), _buckets(hashes))


def counts(reading: Reading, found: Sequence[Grams]) -> Places:
    """Return n of each text: how many grams it has."""
    return counts_with(reading, [kind.at for kind in found[_PLAIN:]])


def counts_with(reading: Reading, turned: Iterable[Places]) -> Places:
    """Return n of each text from the places where its negated grams begin, a kind at a time."""
    lengths = reading.lengths
    n = np.maximum(_PLAIN * lengths - _PLAIN, lengths)  # one of 1 character has no pair to lose
    for at in turned:
        if len(at):
            before = at.searchsorted(reading.starts)
            n += before[1:] - before[:-1]
    return n


def text_scale(n: Places) -> NDArray[np.float64]:
    """Return what one gram counts in a text of *n*: 1/√n, beyond ``SATED`` √SATED/n."""
    return np.asarray(np.sqrt(np.minimum(n, SATED)) / np.maximum(n, 1))


def negated(codes: Codes) -> Mask:
    """Tell which characters stand up to ``REACH`` behind a negating one in the same clause."""
    roles = _roles().take(codes)
    reached = np.zeros(len(codes), dtype=np.bool_)
    (negating,) = (roles == _NEGATES).nonzero()
    if len(negating):
        behind = negating + _BEHIND
        ended = roles.take(behind, mode="clip") == _ENDS  # what is last is a border
        reached[behind[~np.logical_or.accumulate(ended)]] = True
    return reached


def _buckets(hashes: Codes) -> Buckets:
    """Return the buckets of *hashes*, which are used up."""
    hashes ^= hashes >> _HALF
    hashes *= _MIX
    hashes >>= _SPARE
    return hashes.view(np.int32)


@cache
def _roles() -> NDArray[np.uint8]:
    """Return which characters negate and which end a clause, as a border does."""
    roles = np.zeros(_ROLES_SIZE, dtype=np.uint8)
    roles[BORDER] = _ENDS
    for characters, role in ((NEGATING, _NEGATES), (_CLAUSE_ENDS, _ENDS)):
        roles[[ord(character) for character in characters]] = role
    return roles
