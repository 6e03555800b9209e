"""Texts with marks in them: what the wording check found, what a search looked for."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from assets.row_shapes import FindingRow
from core.folding import fold
from storage.mentions import Span

_MARKS: Final = '“”"()（）'
_MOST_WORDS: Final = 8
_MOST_HITS: Final = 200


@dataclass(frozen=True)
class Piece:
    """A stretch of text; *severity* is the finding's that covers it, *finding* its number."""

    text: str
    severity: str = ""
    finding: int = 0
    waived: bool = False


def marked(text: str, findings: Iterable[FindingRow]) -> tuple[Piece, ...]:
    """Cut *text* where *findings* of it begin and end; what does not lie in it is passed over."""
    pieces, at = [], 0
    for each in sorted(findings, key=lambda one: one.start):
        if each.start < at or each.end > len(text) or each.start >= each.end:
            continue
        if each.start > at:
            pieces.append(Piece(text[at : each.start]))
        said = text[each.start : each.end]
        pieces.append(Piece(said, each.severity, each.id, each.waiver is not None))
        at = each.end
    if at < len(text):
        pieces.append(Piece(text[at:]))
    return tuple(pieces)


def sentence_pieces(sentence: str, matched: str, severity: str) -> tuple[Piece, ...]:
    """Mark *matched* where it first stands in *sentence*."""
    before, found, after = sentence.partition(matched)
    if not found or not matched:
        return (Piece(sentence),)
    pieces = (Piece(before), Piece(found, severity), Piece(after))
    return tuple(piece for piece in pieces if piece.text)


def word_spans(text: str, q: str) -> tuple[Span, ...]:
    """Return where the plain words of the query *q* stand in *text*; operators look for nothing."""
    folded = fold(text)
    found: list[Span] = []
    for word in _words(q):
        at = folded.find(word)
        while at >= 0 and len(found) < _MOST_HITS:
            found.append(Span(at, at + len(word)))
            at = folded.find(word, at + len(word))
    return tuple(found)


def _words(q: str) -> Sequence[str]:
    bare = fold(q.translate({ord(mark): " " for mark in _MARKS}))
    words = [word for word in bare.split() if word not in {"or", "and"}]
    return [word for word in words if not word.startswith("-") and ":" not in word][:_MOST_WORDS]
