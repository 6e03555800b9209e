"""Squeezing: what people put between the characters of a name is left out, with the way back.

华.为, O P P O, McDonald’s and a name with a zero width space in it are all searched in one pass:
the text is searched without separators, and each find is judged by the gaps that it spans.
"""

import re
import unicodedata
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Final

from core.folding import fold

HAN_FROM: Final = 0x2E80  # from here on scripts are written without spaces between words

_INVISIBLE: Final = (
    "\x00-\x08\x0e-\x1f\x7f\xad\u0300-\u036f\u0483-\u0489\u061c\u180b-\u180f\u200b-\u200f"
    "\u202a-\u202e\u2060-\u206f\u20d0-\u20ff\ufe00-\ufe0f\ufeff\U000e0000-\U000e0fff"
)
# Line breaks, commas and stops part words. Emoji and pictures stand for nothing here.
_LIGHT: Final = (
    " \t\xa0\u2000-\u200a\u202f.·•‧∙・*_~|/\\\\^'’‘`´′\\-\u2010-\u2015"
    "\u2190-\u245f\u2500-\u2bff\u3030\U0001f000-\U0001faff"
)
_DROPPED: Final = re.compile(f"[{_INVISIBLE}{_LIGHT}]+")
_UNSEEN: Final = re.compile(f"[{_INVISIBLE}]+")
_SURROGATE: Final = re.compile("[\ud800-\udfff]")
# Letters with accents, circled and mathematical ones: one character each, like plain letters.
_FANCY: Final = re.compile(
    "[\xc0-\u024f\u1e00-\u1eff\u2460-\u24ff\U0001d400-\U0001d7ff\U0001f130-\U0001f189]"
)


def plain(text: str) -> str:
    """Return *text* folded, fancy letters made plain, lone surrogates replaced; offsets stay."""
    folded = fold(text)
    if _FANCY.search(folded):
        folded = folded.translate(_letters())
    return _SURROGATE.sub("\ufffd", folded)


def squeeze(plain_text: str) -> str:
    """Return *plain_text* without separators, pictures and invisible characters."""
    return _DROPPED.sub("", plain_text)


def seen(text: str) -> str:
    """Return *text* without invisible characters."""
    return _UNSEEN.sub("", text)


@dataclass(frozen=True)
class Squeezed:
    """A text and its squeezed form; positions are code points."""

    plain: str
    text: str

    def origin(self, at: int) -> int:
        """Return where character *at* of the squeezed text stands in the text."""
        starts, origins = self._runs
        run = bisect_right(starts, at) - 1
        return origins[run] + at - starts[run]

    def gap_before(self, at: int) -> str:
        """Return what was left out directly before character *at*; ``at`` may be the end."""
        starts, origins = self._runs
        run = bisect_right(starts, at) - 1
        if starts[run] != at:
            return ""
        end = origins[run]
        begin = origins[run - 1] + at - starts[run - 1] if run else 0
        return self.plain[begin:end]

    def gaps(self, first: int, last: int) -> list[int]:
        """Return the characters from *first* up to *last* before which something was left out."""
        starts, _origins = self._runs
        return starts[max(1, bisect_left(starts, first)) : bisect_left(starts, last)]

    @cached_property
    def _runs(self) -> tuple[list[int], list[int]]:
        """Where stretches without gaps begin, in the squeezed text and in the text.

        The last begins behind both; an empty stretch at the head gives way to the one behind it.
        """
        starts, origins, left_out = [0], [0], 0
        for found in _DROPPED.finditer(self.plain):
            start = found.start() - left_out
            left_out += found.end() - found.start()
            if start == starts[-1]:
                origins[-1] = found.end()
            else:
                starts.append(start)
                origins.append(found.end())
        return starts, origins


def is_latin(char: str) -> bool:
    """Say whether *char* is a letter or digit of a script that parts words by spaces."""
    return ord(char) < HAN_FROM and char.isalnum()


def squeezed(text: str) -> Squeezed:
    """Return *text* ready to be searched."""
    whole = plain(text)
    return Squeezed(whole, squeeze(whole))


@cache
def _letters() -> dict[int, str]:
    table = {}
    for code in range(0xC0, 0x1F18A):
        if _FANCY.match(chr(code)):
            base = seen(unicodedata.normalize("NFKD", chr(code))).lower()
            if len(base) == 1 and base.isascii() and base.isalnum():
                table[code] = base
    return table
