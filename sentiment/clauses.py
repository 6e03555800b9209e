"""Clauses: the pieces of a text that sentiment is explained and aimed by."""

import re
from itertools import pairwise

from storage.mentions import Span

# A hard border ends a clause and stays with it, with the quotes and brackets that close there.
# A Latin stop ends nothing before a digit or letter, a comma nothing between digits: 3.5, 1,000 and
# example.com stay whole.
# The enumeration comma 、 joins names (小米、华为都好), so it is no border.
_HARD = re.compile(
    r"(?:[，。！？；!?;…~～\r\n\u2028\u2029]|\.(?![0-9A-Za-z])|(?<![0-9]),|,(?![0-9]))"
    r"[，。！？；!?;…~～.,\s”’」』）)】\]》]*"
)
# A soft border begins a clause: 但 (not 不但, 但愿), 不过 (not 再好不过, 不过如此) and their kin.
_SOFT = re.compile(
    r"(?<!不)但(?!愿)|(?<![好说比敌逃躲瞒])不过(?!如此|分|关|期|敏)|可是|然而|反观|相比之下|相反"
)


def split_clauses(text: str) -> list[Span]:
    """Return the clauses of *text* in order, as spans without blanks at their ends.

    Every character that is not blank lies in exactly one clause. Linear time.
    """
    borders = {0, len(text)}
    borders.update(found.end() for found in _HARD.finditer(text))
    borders.update(found.start() for found in _SOFT.finditer(text))
    edges = sorted(borders)
    pieces = (_trimmed(text, start, end) for start, end in pairwise(edges))
    return [piece for piece in pieces if piece is not None]


def _trimmed(text: str, start: int, end: int) -> Span | None:
    piece = text[start:end]
    bare = piece.strip()
    if not bare:
        return None
    start += len(piece) - len(piece.lstrip())
    return Span(start, start + len(bare))
