"""The words that hurt: a short title for a case, and the passage of a text to show."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from storage.mentions import Contribution

TITLE_LIMIT = 40
EXCERPT_LIMIT = 140
_ELLIPSIS = "…"
_SENTENCE_END = "。！？!?\n…"
_CLAUSE_END = _SENTENCE_END + "，,；;：:、 "
_JOINER = "\N{ZERO WIDTH JOINER}"
# A clause is marked when it hurts at least a third as much as the worst one.
_MARKED_SHARE = 1 / 3
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


@dataclass(frozen=True)
class Piece:
    """A run of an excerpt; *hurts* when it is to be highlighted."""

    text: str
    hurts: bool


def plain(text: str) -> str:
    """Return *text* with control, direction and broken characters made blank, same length."""
    return _CONTROL.sub(" ", text)


def short_title(title: str, text: str, contributions: Sequence[Contribution]) -> str:
    """Return a title of at most 40 characters: the mention's own, else the clause that hurts.

    *contributions* index *text*, the full text.
    """
    own = " ".join(plain(title).split())
    if own:
        return _cut(own, TITLE_LIMIT)
    worst = _worst(text, contributions)
    start = worst.start if worst else 0
    sentence = _sentence_around(text, start)
    words = " ".join(plain(text[sentence[0] : sentence[1]]).split())
    if len(words) > TITLE_LIMIT and worst is not None:
        words = " ".join(plain(text[start : sentence[1]]).split())
    return _cut(words.strip(_CLAUSE_END) or words, TITLE_LIMIT)


def excerpt(
    text: str, contributions: Sequence[Contribution], limit: int = EXCERPT_LIMIT
) -> tuple[Piece, ...]:
    """Return at most *limit* characters of *text* around its worst clause, in runs.

    Cuts fall on clause borders where one is near and show as ….
    """
    worst = _worst(text, contributions)
    low, high = _window(text, worst, limit)
    marks = _marked(contributions, worst)
    pieces: list[Piece] = []
    at = low
    for mark_start, mark_end in marks:
        start, end = max(mark_start, at), min(mark_end, high)
        if start >= end:
            continue
        pieces += [Piece(text[at:start], False), Piece(text[start:end], True)]
        at = end
    pieces.append(Piece(text[at:high], False))
    before = [Piece(_ELLIPSIS, False)] if low > 0 else []
    after = [Piece(_ELLIPSIS, False)] if high < len(text) else []
    shown = [Piece(plain(piece.text).replace("\n", " "), piece.hurts) for piece in pieces]
    return tuple(piece for piece in [*before, *shown, *after] if piece.text)


def _worst(text: str, contributions: Sequence[Contribution]) -> Contribution | None:
    inside = [part for part in contributions if 0 <= part.start < part.end <= len(text)]
    hurting = [part for part in inside if part.weight < 0]
    return min(hurting, key=lambda part: part.weight, default=None)


def _marked(
    contributions: Sequence[Contribution], worst: Contribution | None
) -> list[tuple[int, int]]:
    if worst is None:
        return []
    bar = worst.weight * _MARKED_SHARE
    return sorted((part.start, part.end) for part in contributions if part.weight <= bar)


def _window(text: str, worst: Contribution | None, limit: int) -> tuple[int, int]:
    """A range of at most *limit* characters with the worst clause in it, on clause borders."""
    if len(text) <= limit:
        return 0, len(text)
    start, end = (worst.start, worst.end) if worst else (0, 0)
    spare = max(0, limit - (end - start))
    low = max(0, min(start - spare // 3, len(text) - limit))
    high = low + limit
    if low > 0:
        border = next((i for i in range(low, start) if text[i - 1] in _CLAUSE_END), start)
        low = border
    if high < len(text):
        floor = min(max(end, low + 1), high)
        high = next(
            (i for i in range(high, floor, -1) if text[i - 1] in _CLAUSE_END),
            _whole_sign(text, high),
        )
    return low, high


def _sentence_around(text: str, at: int) -> tuple[int, int]:
    start = max((text.rfind(mark, 0, at) for mark in _SENTENCE_END), default=-1) + 1
    ends = [found for mark in _SENTENCE_END if (found := text.find(mark, at)) >= 0]
    return start, min(ends, default=len(text))


def _cut(text: str, limit: int) -> str:
    if len(text) <= limit:
        return text
    room = limit - len(_ELLIPSIS)
    border = max(text.rfind(mark, 0, room + 1) for mark in _CLAUSE_END)
    # A border in the first half would throw too much away.
    at = border if border >= room // 2 else _whole_sign(text, room)
    return text[:at].rstrip(_CLAUSE_END) + _ELLIPSIS


def _whole_sign(text: str, at: int) -> int:
    """Move a cut back until it splits no emoji or combined letter."""
    while 0 < at < len(text) and (
        unicodedata.category(text[at])[0] == "M" or _JOINER in (text[at], text[at - 1])
    ):
        at -= 1
    return at
