"""Near-duplicates: reposts, cuts, excerpts and light edits of one story.

MinHash (Broder 1997) over the character bigrams of the normalised text: the share of equal values
in two signatures estimates the Jaccard similarity J of the bigram sets, with a standard error of
``√(J(1-J)/128)``, .044 at J = .5. An excerpt is small beside its source, so J misses it; there
containment decides: the share of the shorter text's bigrams that the longer one has.
"""

import hashlib
import re
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from core.folding import fold

VERSION: Final = 1  # stored with signatures; raised when the normal form or a constant changes
PERMUTATIONS: Final = 128
BANDS: Final = 32
SAME_JACCARD: Final = 0.5
SAME_CONTAINMENT: Final = 0.8
SHORTEST_EXCERPT: Final = 30  # normalised characters; below, containment is chance
SHORTEST_STORY: Final = 8  # normalised characters; below, a text only equals itself

# Containment c ≥ .8 with J < .5 needs a longer text of at least c/.5 - (1 - c) = 1.4 times the
# bigrams of the shorter; below this ratio of lengths J has said all there is to say.
LONGER_RATIO: Final = 1.25
_ROWS = PERMUTATIONS // BANDS
_SEED = 20_240_601
_BLOCK = 2_048  # bigrams hashed at once, so that a long text needs 2 MB and not hundreds

_URL = re.compile(r"(?:https?://|www\.)[\x21-\x7e]+")
_FORWARD = re.compile(r"//@[^\s:@]{1,40}:")  # Weibo's chain: //@name:what that person said
_AT_NAME = re.compile(r"@[\w·-]{1,30}")
_REPOST = re.compile(
    r"^[\s\[【(]*(?:转发微博|快转微博|转发|转载|转帖|repost|rt\b|转(?=[\]】):]))[\s\]】):,，。]*"
)
_HEAD = re.compile(r"^\s*【[^【】]{1,60}】")
_NOISE = re.compile(r"[\W_]+")

_Hashes = NDArray[np.uint64]


def normal_form(text: str) -> str:
    """Return *text* as it is compared: folded, only letters, digits and Han.

    Links, @names, repost marks and, before 30 characters or more, a 【headline】 are dropped.
    """
    return _normal(text)


@lru_cache(256)
def _normal(text: str) -> str:
    kept = _FORWARD.sub(" ", _URL.sub(" ", fold(text)))
    kept = _REPOST.sub("", _AT_NAME.sub(" ", kept).lstrip())
    body = _NOISE.sub("", _HEAD.sub("", kept, count=1))
    return body if len(body) >= SHORTEST_EXCERPT else _NOISE.sub("", kept)


def signature(text: str) -> bytes:
    """Return the MinHash of *text*: 128 unsigned 32-bit values, little endian, 512 bytes.

    A text under 8 normalised characters gets a signature that only the same short text has.
    """
    form = normal_form(text)
    if len(form) < SHORTEST_STORY:
        return _exact_signature(form or fold(text).strip())
    hashes = _mixed(_bigrams(form))
    smallest = np.full(PERMUTATIONS, np.iinfo(np.uint64).max, dtype=np.uint64)
    for start in range(0, len(hashes), _BLOCK):
        # Multiply-shift (Dietzfelbinger 1997): the high bits of a·x + b for odd 64-bit a.
        block = _FACTORS[:, None] * hashes[None, start : start + _BLOCK] + _OFFSETS[:, None]
        np.minimum(smallest, block.min(axis=1), out=smallest)
    return (smallest >> np.uint64(32)).astype("<u4").tobytes()


def band_keys(sig: bytes) -> list[int]:
    """Return 32 signed 64-bit keys; two texts that share one are worth comparing.

    Each key stands for 4 values, so a pair shares one with probability ``1 - (1 - J⁴)³²``:
    .87 at J = .5, .99 at .6, .56 at .4 and .16 at .27. Pairs right at the threshold and short
    excerpts of long texts may be missed here; a caller with few candidates compares them all.
    """
    halves = np.frombuffer(sig, dtype="<u8").astype(np.uint64).reshape(BANDS, _ROWS // 2)
    keys = _mixed(_mixed(halves[:, 0] + _BAND_SALTS) ^ halves[:, 1])
    return [int(key) for key in keys.view(np.int64)]


def similarity(sig_a: bytes, sig_b: bytes) -> float:
    """Return the estimated Jaccard similarity of two signatures, 0 to 1."""
    a, b = np.frombuffer(sig_a, dtype="<u4"), np.frombuffer(sig_b, dtype="<u4")
    return float(np.mean(a == b))


def containment(text_a: str, text_b: str) -> float:
    """Return the share of the shorter text's distinct bigrams that the longer one has, 0 to 1.

    0 when the shorter has fewer than 30 normalised characters.
    """
    shorter, longer = sorted((normal_form(text_a), normal_form(text_b)), key=len)
    if len(shorter) < SHORTEST_EXCERPT:
        return 0.0
    return float(np.mean(np.isin(_bigrams(shorter), _bigrams(longer), assume_unique=True)))


def same_story(text_a: str, sig_a: bytes, text_b: str, sig_b: bytes) -> bool:
    """Say whether two texts tell one story: J ≥ .5, or containment ≥ .8 of 30 characters."""
    if similarity(sig_a, sig_b) >= SAME_JACCARD:
        return True
    lengths = sorted((len(normal_form(text_a)), len(normal_form(text_b))))
    if lengths[1] < LONGER_RATIO * lengths[0]:
        return False
    return containment(text_a, text_b) >= SAME_CONTAINMENT


def _bigrams(form: str) -> _Hashes:
    """Return the distinct character bigrams, two code points in one number, sorted."""
    codes = np.frombuffer(form.encode("utf-32-le"), dtype="<u4").astype(np.uint64)
    return np.unique(codes[:-1] << np.uint64(32) | codes[1:])


def _mixed(values: _Hashes) -> _Hashes:
    """Scatter numbers over 64 bits: the finisher of SplitMix64 (Steele, Lea and Flood 2014)."""
    values = (values ^ values >> np.uint64(30)) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ values >> np.uint64(27)) * np.uint64(0x94D049BB133111EB)
    return values ^ values >> np.uint64(31)


def _exact_signature(form: str) -> bytes:
    raw = form.encode("utf-8", "surrogatepass")
    return hashlib.shake_128(b"short\x00" + raw).digest(PERMUTATIONS * 4)


def _constants(count: int, salt: int) -> _Hashes:
    """Return fixed 64-bit constants; SplitMix64's own sequence, so no generator can change them."""
    steps = np.arange(1, count + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    return _mixed(steps + np.uint64(_SEED + salt))


_FACTORS: Final = _constants(PERMUTATIONS, 0) | np.uint64(1)
_OFFSETS: Final = _constants(PERMUTATIONS, 1 << 32)
_BAND_SALTS: Final = _constants(BANDS, 2 << 32)
