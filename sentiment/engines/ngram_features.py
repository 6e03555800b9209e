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
_BEHIND: Final = np.arange(1, REACH + 1)[:, np.newaxis]
_FEW: Final = 8  # negating characters, which are gone through more quickly one by one
_PLAIN: Final = 3  # kinds that are not negated
_ROLES_SIZE = BORDER + 4  # code points and marks

# Odd multipliers and salts drawn once at random; the mixing steps are those of MurmurHash3's
# 32-bit finaliser (Appleby, public domain), halved: the buckets need the upper bits only.
_FACTORS: Final = np.array([[0x9E3779B1], [0x85EBCA77], [0xC2B2AE3D]], dtype=np.uint32)
_SALTS: Final = np.array([[0x1B873593], [0x27D4EB2F], [0x165667B1]], dtype=np.uint32)
_TURNED_SALTS: Final = np.array([[0x38B34AE5], [0xA1E38B93]], dtype=np.uint32)
_TURNING: Final = _TURNED_SALTS - _SALTS[:2]  # from one salt to the other
_MIX = np.uint32(0x2C1B3C6D)
_HALF, _SPARE = np.uint32(15), np.uint32(32 - BITS)

# The grams of one to three characters that reach a border: their width less one, and how far
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


_NONE_TURNED: Final = Turned(
    np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.bool_), np.zeros((2, 0), dtype=np.int32)
)


def grams(reading: Reading) -> list[Grams]:
    """Return every gram of every text of *reading*; none reaches over the border of a text."""
    plain, turned = hashed(reading.codes)
    inside = np.ones(plain.shape, dtype=np.bool_)
    clear_borders(inside, reading)
    places = [each.nonzero()[0] for each in inside]
    kinds = [Grams(row + 1, at, plain[row, at]) for row, at in enumerate(places)]
    pairs = turned.buckets[1, turned.paired]
    return [*kinds, Grams(1, turned.at, turned.buckets[0]), Grams(2, turned.kinds[1], pairs)]


def hashed(codes: Codes) -> tuple[Buckets, Turned]:
    """Return the buckets of the grams of one, two and three characters, and the negated ones.

    The former are (3, characters), each where its gram begins; see ``clear_borders``.
    """
    hashes = codes * _FACTORS
    one, two, three = hashes
    np.add(one[:-1], two[1:], out=two[:-1])
    np.add(two[:-2], three[2:], out=three[:-2])
    hashes += _SALTS
    turned = _turned(codes, hashes)
    return _buckets(hashes), turned


def clear_borders(by_gram: NDArray[np.generic], reading: Reading) -> None:
    """Write 0 into *by_gram* (3, characters) where a gram would reach a border, in place."""
    if len(reading.starts) == 2:  # one text: its border is the last character
        for width, row in enumerate(by_gram, 1):
            row[-width:] = 0
        return
    borders = reading.starts[1:, np.newaxis] - 1
    by_gram[_WIDTHS, np.maximum(borders - _BEFORE, 0)] = 0


def _turned(codes: Codes, hashes: Codes) -> Turned:
    """Return the negated grams, given the *hashes* (3, characters) of the others."""
    reached = negated(codes)
    at: Places = reached.nonzero()[0]
    if not len(at):
        return _NONE_TURNED
    return Turned(at, reached.take(at + 1), _buckets(hashes[:2].take(at, axis=1) + _TURNING))


def counts(reading: Reading, found: Sequence[Grams]) -> Places:
    """Return n of each text: how many grams it has."""
    return counts_with(reading, [kind.at for kind in found[_PLAIN:]])


def counts_with(reading: Reading, turned: Iterable[Places]) -> Places:
    """Return n of each text from the places where its negated grams begin, a kind at a time."""
    if len(reading.starts) == 2:  # one text: the same with less ado
        length = len(reading.codes) - 1
        return np.array([max(_PLAIN * length - _PLAIN, length) + sum(map(len, turned))])
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
    negating = (roles == _NEGATES).nonzero()[0]
    if len(negating) > _FEW:
        behind = negating + _BEHIND
        ended = roles.take(behind, mode="clip") == _ENDS  # what is last is a border
        reached[behind[~np.logical_or.accumulate(ended)]] = True
    elif len(negating):
        said = roles.tobytes()
        for first in (negating + 1).tolist():
            end = said.find(_ENDS, first, first + REACH)
            reached[first : end if end >= 0 else first + REACH] = True
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
