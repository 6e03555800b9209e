"""Folding for the wording check: what is dropped and what is grown, with a way back.

``core.folding`` keeps every offset, so it cannot drop the dot of 最.好. This fold can; each of
its characters knows the character of the text it came from.
"""

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from core.folding import fold

BREAK: Final = "\n"  # stands for an empty line or a gap too long to lie inside a word
CLAUSE_ENDS: Final = f",:。!?;{BREAK}"
SENTENCE_ENDS: Final = f"。!?;{BREAK}"
_KEPT: Final = frozenset(f"{CLAUSE_ENDS}、%")  # a list (品质第一、品牌…) is no split word
_LONGEST_GAP: Final = 6  # separators that may stand between two characters of one word
_NUMERIC: Final = frozenset(".-/~")  # between two digits these belong to the number
_SEPARATORS: Final = frozenset({"M", "Z", "C", "P", "S"})  # first letters of Unicode categories

# Spellings that exist to slip past word lists; nobody writes them for another reason.
_DISGUISES: Final = {"蕞": "最", "㝡": "最", "冣": "最", "壹": "一", "弌": "一", "佰": "百"} | dict(
    zip("νοτροтрпκк", "notpotpnkk", strict=True)  # Greek and Cyrillic twins of NO and TOP
)

_FIRST: Final = re.compile(r"第1(?![\d./~-])")  # 第1 is 第一, 第10 and 第1-3 are not


@dataclass(frozen=True)
class FoldedWords:
    """*text* folded; character i of it comes from code point ``origins[i]`` of the original.

    ``origins`` never falls; it repeats where one character grew (№ → no).
    """

    text: str
    origins: tuple[int, ...]

    def original(self, start: int, end: int) -> tuple[int, int]:
        """Return the half-open range of the original that gave the non-empty *start* to *end*."""
        return self.origins[start], self.origins[end - 1] + 1

    def gap_after(self, at: int) -> bool:
        """Say whether separators stood between character *at* and the next one."""
        return at + 1 < len(self.origins) and self.origins[at + 1] - self.origins[at] > 1


def fold_words(text: str) -> FoldedWords:
    """Fold *text*: NFKD without marks, simplified, lower case, separators inside words dropped.

    Commas and stronger signs stay, as do % and the dot of 1.5. A gap of more than six separators
    or an empty line becomes one ``BREAK``. Linear in the length of *text*.
    """
    folded: list[str] = []
    origins: list[int] = []
    known = _FoldedCharacters()
    gap_start, lines = 0, 0
    for at, character in enumerate(text):
        grown = known[character]
        if not grown:
            lines += character == "\n"
            continue
        gap = text[gap_start:at] if at - gap_start <= _LONGEST_GAP else ""
        if folded and at > gap_start:
            if lines > 1 or not gap:
                folded.append(BREAK)
                origins.append(at - 1)
            elif gap in _NUMERIC and folded[-1].isdigit() and grown.isdigit():
                folded.append(gap)
                origins.append(at - 1)
        folded.extend(grown)
        origins.extend([at] * len(grown))
        gap_start, lines = at + 1, 0
    return FoldedWords(_FIRST.sub("第一", "".join(folded)), tuple(origins))


def fold_phrase(phrase: str) -> str:
    """Fold a phrase of the rules as the text is folded."""
    return fold_words(phrase).text


class _FoldedCharacters(dict[str, str]):
    """What each character becomes; the empty string for a separator. Filled as it is asked."""

    def __missing__(self, character: str) -> str:
        grown = "".join(map(_folded, fold(unicodedata.normalize("NFKD", character))))
        self[character] = grown
        return grown


def _folded(character: str) -> str:
    if character in _KEPT and character != BREAK:
        return character
    digit = unicodedata.digit(character, None)  # ❶ has a value but no decomposition
    if digit is not None:
        return str(digit)
    if unicodedata.category(character)[0] in _SEPARATORS:
        return ""
    return _DISGUISES.get(character, character)
