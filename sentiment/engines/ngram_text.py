"""Text as the n-gram engine reads it: one array of code points, with the way back to the original.

Every text is folded (see ``core.folding``), digits become 0, blanks one blank, a web address and
an @name one mark each, invisible characters go, and a run of one character is cut to three. The
texts of a batch lie in one array, one border mark behind each, so nothing loops over texts.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from core.folding import fold

Codes = NDArray[np.uint32]
Places = NDArray[np.int64]
Mask = NDArray[np.bool_]

# Marks lie above every code point, so no text can contain one.
BORDER: Final = 0x110000
_ADDRESS, _NAME, _DROPPED = 0x110001, 0x110002, 0x110003

BLANK: Final = 0x20
_ZERO = 0x30
_LONGEST_RUN = 3
_TABLE_SIZE = 0x110000  # every code point
_FOLDED = 0x10000  # plane 0; emoji and rare Han above it are left as they are

# An @name of Han is known to end only where a blank, a colon or the like follows: in @青禾客服太差
# nothing tells name from blame. 30 characters is Weibo's limit for names. The pattern begins with
# one set of characters, for which re looks ten times faster than for any of several beginnings.
_MARKED = re.compile(
    r"[@hHwW](?:(?<=@)(?:[\w·-]{1,30}(?=[\s:：@/()（）【】\[\]])|[0-9A-Za-z_-]{2,30})"
    r"|(?i:(?<=h)ttps?://|(?<=w)ww\.)[!-~]+)"
)
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe0e\ufe0f\ufeff]")


@dataclass(frozen=True)
class Reading:
    """A batch of texts as code points; *starts* has one more entry than there are texts.

    Text ``t`` lies in ``codes[starts[t]:starts[t + 1]]``, its border mark last. *places* tells for
    each entry where it begins in the original texts joined with one character between them.
    """

    codes: Codes
    places: Places
    starts: Places

    @property
    def lengths(self) -> Places:
        """Characters of each text that are read, without its border mark."""
        return np.asarray(self.starts[1:] - self.starts[:-1] - 1)

    @property
    def spoken(self) -> Mask:
        """Which texts hold more than blanks and invisible characters."""
        if len(self.starts) == 2 and len(self.codes) > 2:  # one text, as most are
            return np.ones(1, dtype=np.bool_)
        first = self.codes[self.starts[:-1]]  # of nothing but blanks one is left
        return np.asarray((self.lengths > 1) | ((first != BLANK) & (first != BORDER)))


def read(texts: Sequence[str]) -> Reading:
    """Return *texts* normalised; any string will do, lone surrogates and NUL included."""
    joined = "\0".join(texts) + "\0" if texts else ""  # \0 ends an @name without completing it
    raw = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    codes = _table().take(raw)
    _mark(joined, codes)
    if len(texts) == 1:
        codes[-1] = BORDER
        codes, places = _compressed(codes)
        return Reading(codes, places, np.array([0, len(codes)]))
    lengths = np.fromiter(map(len, texts), dtype=np.int64, count=len(texts))
    starts = np.zeros(len(texts) + 1, dtype=np.int64)
    (lengths + 1).cumsum(out=starts[1:])
    codes[starts[1:] - 1] = BORDER
    kept, places = _compressed(codes)
    return Reading(kept, places, starts if kept is codes else places.searchsorted(starts))


def _mark(joined: str, codes: Codes) -> None:
    """Write one mark over each web address and @name, in place."""
    if not ("@" in joined or "://" in joined or "w." in joined or "W." in joined):
        return
    for found in _MARKED.finditer(joined):
        codes[found.start() : found.end()] = _DROPPED
        codes[found.start()] = _NAME if found[0][0] == "@" else _ADDRESS


def _compressed(codes: Codes) -> tuple[Codes, Places]:
    """Drop what is marked as dropped, then doubled blanks and long runs; say what stayed where."""
    (places,) = (codes != _DROPPED).nonzero()
    if len(places) < len(codes):
        codes = codes[places]
    surplus = _surplus(codes)
    if len(surplus):
        stays = np.ones(len(codes), dtype=np.bool_)
        stays[surplus] = False
        (kept,) = stays.nonzero()
        return codes[kept], places[kept]
    return codes, places


def _surplus(codes: Codes) -> Places:
    """Return where a blank follows a blank, or a character as many of its own as may stand."""
    doubled: Places = (codes[1:] == codes[:-1]).nonzero()[0]
    if not len(doubled):
        return doubled
    character = codes[doubled]
    surplus = character == BLANK
    before = _LONGEST_RUN - 1
    surplus[before:] |= doubled[before:] - doubled[:-before] == before
    surplus &= character != BORDER
    return np.asarray(doubled[surplus] + 1)


@cache
def _table() -> Codes:
    """Return what each code point is read as."""
    characters = "".join(map(chr, range(_FOLDED)))
    folded = fold(characters).encode("utf-32-le", "surrogatepass")
    table = np.arange(_TABLE_SIZE, dtype=np.uint32)
    plane = table[:_FOLDED]
    plane[:] = np.frombuffer(folded, dtype=np.uint32)
    plane[ord("0") : ord("9") + 1] = _ZERO
    plane[plane - ord("0") < 10] = _ZERO
    for pattern, mark in ((r"\s", BLANK), (_INVISIBLE, _DROPPED)):
        for found in re.finditer(pattern, characters):
            table[found.start()] = mark
    return table
