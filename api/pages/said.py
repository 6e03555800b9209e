"""A mention's text cut where its marks begin and end."""

import itertools
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from storage.mentions import Span

# What a list carries of one text at the most; the original is a click away.
_LONGEST_WHOLE: Final = 5_000
_CLAUSE_ENDS: Final = "。！？；，!?;,\n "


@dataclass(frozen=True)
class Segment:
    """A piece of text under one set of marks.

    *hurt* are clauses, *worst* the words in them that hurt most, *hit* what a search looked for.
    """

    text: str
    hurt: bool = False
    hit: bool = False
    worst: bool = False


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


def said(
    full: str,
    text: str,
    hurt: Sequence[Span],
    hits: Sequence[Span] = (),
    limit: int | None = None,
    worst: Sequence[Span] = (),
) -> Said:
    """Return *full* (title, line break, *text*) with its marks; spans are of *full*.

    With *limit* a longer text is cut to that many code points around its first mark.
    """
    shift = len(full) - len(text)
    title = segments(full, hurt, hits, 0, shift - 1, worst) if shift else ()
    if limit is None or len(text) <= limit:
        return Said(title, segments(full, hurt, hits, shift, None, worst))
    marks = [span.start for span in (*hurt, *hits) if span.start >= shift]
    start, end = _window(full, shift, min(marks, default=shift), limit)
    before = (Segment("…"),) if start > shift else ()
    after = (Segment("…"),) if end < len(full) else ()
    body = (*before, *segments(full, hurt, hits, start, end, worst), *after)
    shown = min(len(full), shift + _LONGEST_WHOLE)
    cut = (Segment("…"),) if shown < len(full) else ()
    return Said(title, body, (*segments(full, hurt, hits, shift, shown, worst), *cut))


def segments(
    text: str,
    hurt: Iterable[Span],
    hits: Iterable[Span] = (),
    start: int = 0,
    end: int | None = None,
    worst: Iterable[Span] = (),
) -> tuple[Segment, ...]:
    """Cut ``text[start:end]`` at every edge of the spans, which may overlap.

    What of *worst* lies outside of *hurt* is no mark.
    """
    stop = len(text) if end is None else end
    marks = [_within(spans, start, stop) for spans in (hurt, hits, worst)]
    edges = sorted({start, stop, *(at for spans in marks for span in spans for at in span)})
    return tuple(
        _segment(text[left:right], *(_covers(spans, left) for spans in marks))
        for left, right in itertools.pairwise(edges)
    )


def _segment(text: str, hurt: bool, hit: bool, worst: bool) -> Segment:
    return Segment(text, hurt, hit, hurt and worst)


def _window(text: str, low: int, mark: int, limit: int) -> tuple[int, int]:
    """A stretch of *limit* code points with *mark* in it, begun at the end of a clause."""
    start = max(low, min(mark - limit // 4, len(text) - limit))
    if start > low:
        ends = [at for at in range(start, min(mark, len(text))) if text[at - 1] in _CLAUSE_ENDS]
        start = ends[0] if ends else start
    return start, min(len(text), start + limit)


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
