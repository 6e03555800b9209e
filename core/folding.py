"""Folding: one character in, one character out, so that offsets never move.

The same fold serves search tokens, watchlist matching and story signatures, so a span found in
the folded text is the span in the original.
"""

from functools import cache
from importlib.resources import files

# Separators that people put inside words to slip past filters are left alone here: removing them
# would move offsets. The wording check folds those itself.
_FULL_WIDTH_FIRST, _FULL_WIDTH_LAST, _FULL_WIDTH_SHIFT = 0xFF01, 0xFF5E, 0xFEE0
_IDEOGRAPHIC_SPACE = 0x3000


def fold(text: str) -> str:
    """Return *text* with traditional Han made simplified, full width half width, letters lower.

    ``len(fold(text)) == len(text)`` holds for every string, lone surrogates included; folding
    again changes nothing.
    """
    return text.translate(_table())


@cache
def _table() -> str:
    """What stands for each code point, up to the last one that changes.

    ``str.translate`` reads a string a third quicker than a dictionary, in which most are missing.
    """
    changed = _changed()
    return "".join(changed.get(code) or chr(code) for code in range(max(changed) + 1))


def _changed() -> dict[int, str]:
    pairs = {ord(pair[0]): pair[1] for pair in _traditional_pairs()}
    # A few simplified forms are themselves traditional for another (薴 → 苧 → 苎).
    table = {code: pairs.get(ord(simple), simple) for code, simple in pairs.items()}
    for code in range(_FULL_WIDTH_FIRST, _FULL_WIDTH_LAST + 1):
        table[code] = chr(code - _FULL_WIDTH_SHIFT).lower()
    table[_IDEOGRAPHIC_SPACE] = " "
    table |= _lower_case(table)
    return table


def _lower_case(taken: dict[int, str]) -> dict[int, str]:
    """Lower case for the planes that have letters; the few that grow (İ) are left as they are."""
    lowered: dict[int, str] = {}
    for code in range(0x1_F000):
        low = chr(code).lower()
        if code not in taken and len(low) == 1 and ord(low) != code:
            lowered[code] = low
    return lowered


def _traditional_pairs() -> list[str]:
    """Pairs traditional→simplified, from OpenCC's TSCharacters (Apache-2.0), first reading."""
    text = files("core").joinpath("data/traditional.txt").read_text(encoding="utf-8")
    return text.split()
