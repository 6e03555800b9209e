"""A mention's text cut where its marks begin and end, and why it was judged as it was."""

import itertools
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from storage.mentions import Contribution, Span

# Below this a clause leans too little to be called a reason.
_LEANS: Final = 0.05
# A clause is marked when it hurts at least half as much as the worst, and few are: a text that is
# red all over shows nothing.
_MARKED_SHARE: Final = 1 / 2
_MOST_MARKED: Final = 3
_MOST_WEIGHTS: Final = 5
# What a list carries of one text at the most; the original is a click away.
_LONGEST_WHOLE: Final = 5_000
_LONGEST_CLAUSE: Final = 80
_UNMARKED_ENDS: Final = "。，；,;. \n…"
_CLAUSE_ENDS: Final = "。！？；，!?;,\n "


@dataclass(frozen=True)
class Segment:
    """A piece of text under one set of marks: words that *hurt*, words that were *hit*."""

    text: str
    hurt: bool = False
    hit: bool = False


@dataclass(frozen=True)
class Said:
    """A text to show. *clipped* says that *body* is an excerpt of *whole*."""

    title: tuple[Segment, ...]
    body: tuple[Segment, ...]
    whole: tuple[Segment, ...] = ()

    @property
    def clipped(self) -> bool:
        """Whether there is more than *body*."""
        return bool(self.whole)


@dataclass(frozen=True)
class Weight:
    """One clause's part in the score: *share* per cent of the heaviest."""

    clause: str
    share: float
    value: str
    tone: str


def said(
    full: str,
    text: str,
    hurt: Sequence[Span],
    hits: Sequence[Span] = (),
    limit: int | None = None,
) -> Said:
    """Return *full* (title, line break, *text*) with its marks; spans are of *full*.

    With *limit* a longer text is cut to that many code points around its first mark.
    """
    shift = len(full) - len(text)
    title = segments(full, hurt, hits, 0, shift - 1) if shift else ()
    if limit is None or len(text) <= limit:
        return Said(title, segments(full, hurt, hits, shift))
    marks = [span.start for span in (*hurt, *hits) if span.start >= shift]
    start, end = _window(full, shift, min(marks, default=shift), limit)
    before = (Segment("…"),) if start > shift else ()
    after = (Segment("…"),) if end < len(full) else ()
    body = (*before, *segments(full, hurt, hits, start, end), *after)
    shown = min(len(full), shift + _LONGEST_WHOLE)
    cut = (Segment("…"),) if shown < len(full) else ()
    return Said(title, body, (*segments(full, hurt, hits, shift, shown), *cut))


def segments(
    text: str,
    hurt: Iterable[Span],
    hits: Iterable[Span] = (),
    start: int = 0,
    end: int | None = None,
) -> tuple[Segment, ...]:
    """Cut ``text[start:end]`` at every edge of *hurt* and *hits*; the spans may overlap."""
    stop = len(text) if end is None else end
    hurting_at, hitting_at = _within(hurt, start, stop), _within(hits, start, stop)
    edges = sorted({start, stop, *(at for span in (*hurting_at, *hitting_at) for at in span)})
    return tuple(
        Segment(text[left:right], _covers(hurting_at, left), _covers(hitting_at, left))
        for left, right in itertools.pairwise(edges)
    )


def hurting(text: str, contributions: Sequence[Contribution]) -> tuple[Span, ...]:
    """Return where the clauses of *text* stand that pull hardest towards negative."""
    worst = min((part.weight for part in contributions), default=0.0)
    bar = min(worst * _MARKED_SHARE, -_LEANS)
    found = [part for part in contributions if part.weight <= bar]
    found = sorted(found, key=lambda part: part.weight)[:_MOST_MARKED]
    return tuple(span for part in found if (span := _trimmed(text, part)) is not None)


def weights(text: str, contributions: Sequence[Contribution]) -> tuple[Weight, ...]:
    """Return the heaviest clauses in the order of the text."""
    leaning = [part for part in contributions if abs(part.weight) >= _LEANS]
    heaviest = sorted(leaning, key=lambda part: -abs(part.weight))[:_MOST_WEIGHTS]
    most = max((abs(part.weight) for part in heaviest), default=1.0)
    return tuple(
        Weight(
            clause=_clause(text[part.start : part.end]),
            share=abs(part.weight) / most * 100,
            # A true minus sign is as wide as the plus.
            value=f"{part.weight:+.1f}".replace("-", "\N{MINUS SIGN}"),
            tone="bad" if part.weight < 0 else "good",
        )
        for part in sorted(heaviest, key=lambda part: part.start)
    )


def _clause(text: str) -> str:
    """One line that fits beside its bar; the text itself stands above."""
    return " ".join(text[:_LONGEST_CLAUSE].split()).rstrip(_UNMARKED_ENDS)


def _window(text: str, low: int, mark: int, limit: int) -> tuple[int, int]:
    """A stretch of *limit* code points with *mark* in it, begun at the end of a clause."""
    start = max(low, min(mark - limit // 4, len(text) - limit))
    if start > low:
        ends = [at for at in range(start, min(mark, len(text))) if text[at - 1] in _CLAUSE_ENDS]
        start = ends[0] if ends else start
    return start, min(len(text), start + limit)


def _trimmed(text: str, part: Contribution) -> Span | None:
    """Leave out the spaces around a clause and the comma or full stop that ends it."""
    clause = text[part.start : part.end]
    start = part.start + len(clause) - len(clause.lstrip())
    end = part.end - (len(clause) - len(clause.rstrip(_UNMARKED_ENDS)))
    return Span(start, end) if start < end else None


def _within(spans: Iterable[Span], low: int, high: int) -> list[tuple[int, int]]:
    """Return what of *spans* lies in the range, in order, what overlaps or touches made one."""
    merged: list[tuple[int, int]] = []
    for start, end in sorted((max(span.start, low), min(span.end, high)) for span in spans):
        if start >= end:
            continue
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return merged


def _covers(spans: list[tuple[int, int]], at: int) -> bool:
    """Say whether one of *spans*, as ``_within`` returns them, holds *at*.

    By bisection: a hostile text may hold tens of thousands of hits.
    """
    found = bisect_right(spans, at, key=lambda span: span[0])
    return found > 0 and at < spans[found - 1][1]
