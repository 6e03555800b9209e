"""How names are written: their form for the search, what may part their characters, borders."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from core.folding import fold
from sentiment.squeezing import Squeezed, is_latin, plain, seen, squeeze

_SHORT_CODE: Final = 3  # letters and digits up to which S3 or M1 could be anybody's
_BARE_BORDER: Final = 4  # characters from which a digit may follow a name: iPhone15, not ad2
_SPELLED_OUT: Final = 3  # letters from which O P P O is a name that somebody spells out
_PICTURES_FROM: Final = 0x2190
_WIDE_GAP, _NARROW_GAP = 3, 2  # visible characters between two pieces of a name, or of a word

# Han, kana and hangul, without their punctuation.
_SOLID: Final = (
    "[\u2e80-\u2fdf\u3005\u3007\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3\uf900-\ufaff"
    "\U00020000-\U0003ffff]+"
)
_HAN: Final = re.compile(_SOLID)
_HAN_END: Final = re.compile(_SOLID + r"\Z")
# A model's name grows at its end without a space: iPhone15, MacBookPro.
_MODEL: Final = re.compile(r"(?:pro|max|plus|mini|ultra|air|lite|se|fe)+[0-9]*(?![a-z0-9])")
# An address ends at the first Han character, unless that is the value of a parameter.
_ADDRESS: Final = re.compile(
    r"(?:[a-z][a-z0-9+.-]{1,9}://|www\.)[!-~]+(?:(?<==)[^\x00-\x7f\s，。]+[!-~]*)*"
)


_Gaps = tuple[tuple[int, str], ...]  # what stood before which character of a name


@dataclass(frozen=True)
class Name:
    """A name ready to be searched.

    *seams* are the places of *text* before which the name as given has a separator; *lead* and
    *trail* are separators at its ends, which must stand in the text as they are (.net, 🐶东).
    """

    text: str
    seams: frozenset[int] = frozenset()
    lead: str = ""
    trail: str = ""

    @classmethod
    def of(cls, word: str) -> "Name":
        """Return *word* ready to be searched; its *text* is empty where there is nothing in it."""
        whole = plain(word).strip()
        form = Squeezed(whole, squeeze(whole))
        if not form.text:
            return cls("")
        gaps = {at for at in range(1, len(form.text)) if seen(form.gap_before(at))}
        end = form.origin(len(form.text) - 1) + 1
        return cls(form.text, frozenset(gaps), whole[: form.origin(0)], whole[end:])


def is_short_code(product: str) -> bool:
    """Say whether a product's name is a Latin or digit code of three characters or fewer."""
    code = [char for char in fold(product) if not char.isspace() and char not in "+."]
    return 0 < len(code) <= _SHORT_CODE and all(char == "-" or is_latin(char) for char in code)


def place(text: Squeezed, name: Name, at: int) -> tuple[int, int] | None:
    """Return where *name*, found at *at* of the squeezed text, stands in the text.

    None where it does not: separators stand that it cannot hold, or a word goes on at its ends.
    """
    behind = at + len(name.text)
    start, end = text.origin(at), text.origin(behind - 1) + 1
    gaps: _Gaps = ()
    if end - start > len(name.text):
        gaps = tuple((i, gap) for i in range(1, len(name.text)) if (gap := _gap(text, at + i)))
    if not _may_part(name, gaps) or _goes_on(text, name, at, gaps):
        return None
    start, end = start - len(name.lead), end + len(name.trail)
    if start < 0 or not text.plain.startswith(name.lead, start):
        return None
    return (start, end) if text.plain.endswith(name.trail, 0, end) else None


def addresses(plain_text: str) -> list[tuple[int, int]]:
    """Return where web addresses stand; what they name is not said by anybody."""
    if "://" not in plain_text and "www." not in plain_text:
        return []
    return [found.span() for found in _ADDRESS.finditer(plain_text)]


def _gap(text: Squeezed, at: int) -> str:
    return seen(text.gap_before(at))


@lru_cache(maxsize=4096)
def _may_part(name: Name, gaps: _Gaps) -> bool:
    if not gaps or _is_spelled_out(name.text, gaps):
        return True
    return all(len(gap) <= _widest(name, at) for at, gap in gaps)


def _widest(name: Name, at: int) -> int:
    """Return how many visible separators the name may hold before its character *at*."""
    if at in name.seams:
        return _WIDE_GAP
    before, after = name.text[at - 1], name.text[at]
    if not is_latin(before) or not is_latin(after) or before.isdigit() != after.isdigit():
        return _NARROW_GAP
    return 0


def _is_spelled_out(word: str, gaps: _Gaps) -> bool:
    """Say whether one and the same sign stands between all letters: O.P.P.O."""
    alike = len({gap for _at, gap in gaps}) == 1 and len(gaps[0][1]) == 1
    return alike and len(gaps) == len(word) - 1 and len(word) >= _SPELLED_OUT


def _goes_on(text: Squeezed, name: Name, at: int, gaps: _Gaps) -> bool:
    """Say whether the name is only part of a longer Latin word or number.

    Han, blanks and punctuation are borders. Between a letter and a digit there is a border when
    the name is long enough to be told apart, and so there is before the usual words of a model.
    """
    loose = len(name.text) >= _BARE_BORDER
    spelled = gaps[0][1] if gaps and _is_spelled_out(name.text, gaps) else ""
    behind = at + len(name.text)
    return _joined(text, at, loose, spelled) or (
        _joined(text, behind, loose, spelled) and not (loose and _MODEL.match(text.text, behind))
    )


def _joined(text: Squeezed, border: int, loose: bool, spelled: str) -> bool:
    if not 0 < border < len(text.text):
        return False
    before, after = text.text[border - 1], text.text[border]
    if not (is_latin(before) and is_latin(after)) or _gap(text, border) not in ("", spelled):
        return False
    return not (loose and before.isdigit() != after.isdigit())


def is_picture(word: str) -> bool:
    """Say whether *word* is made of emoji or other pictures, which stand for a name: 🍎."""
    return bool(word.strip()) and all(ord(char) >= _PICTURES_FROM for char in seen(word).strip())


def is_han(word: str) -> bool:
    """Say whether all of *word* is of a script that has no spaces between words."""
    return _HAN.fullmatch(word) is not None


def han_start(text: str) -> str:
    """Return what *text* begins with of such a script."""
    return text[: found.end()] if (found := _HAN.match(text)) else ""


def han_end(text: str) -> str:
    """Return what *text* ends with of such a script."""
    return found[0] if (found := _HAN_END.search(text)) else ""
