"""A mention's text cut where its marks begin and end, and why it was judged as it was."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from storage.mentions import Contribution, Span

# Below this a clause leans too little to be called a reason.
_LEANS: Final = 0.05
_MOST_WEIGHTS: Final = 8


@dataclass(frozen=True)
class Segment:
    """A piece of text under one set of marks: words that *hurt*, words that were *hit*."""

    text: str
    hurt: bool
    hit: bool


@dataclass(frozen=True)
class Weight:
    """One clause's part in the score: *share* per cent of the heaviest."""

    clause: str
    share: float
    value: str
    tone: str


def segments(text: str, hurt: Iterable[Span], hits: Iterable[Span] = ()) -> tuple[Segment, ...]:
    """Cut *text* at every edge of *hurt* and *hits*, spans of code points; they may overlap."""
    hurting, hitting = _within(hurt, len(text)), _within(hits, len(text))
    edges = sorted({0, len(text), *(at for span in (*hurting, *hitting) for at in span)})
    return tuple(
        Segment(text[start:end], _covers(hurting, start), _covers(hitting, start))
        for start, end in zip(edges, edges[1:], strict=False)
    )


def hurting(text: str, contributions: Iterable[Contribution]) -> tuple[Span, ...]:
    """Return where clauses of *text* pull towards negative, without the spaces around them."""
    found = (part for part in contributions if part.weight < -_LEANS)
    return tuple(span for part in found if (span := _trimmed(text, part)) is not None)


def weights(text: str, contributions: Sequence[Contribution]) -> tuple[Weight, ...]:
    """Return the heaviest clauses in the order of the text."""
    leaning = [part for part in contributions if abs(part.weight) >= _LEANS]
    heaviest = sorted(leaning, key=lambda part: -abs(part.weight))[:_MOST_WEIGHTS]
    most = max((abs(part.weight) for part in heaviest), default=1.0)
    return tuple(
        Weight(
            clause=" ".join(text[part.start : part.end].split()),
            share=abs(part.weight) / most * 100,
            # A true minus sign is as wide as the plus.
            value=f"{part.weight:+.1f}".replace("-", "\N{MINUS SIGN}"),
            tone="bad" if part.weight < 0 else "good",
        )
        for part in sorted(heaviest, key=lambda part: part.start)
    )


def _trimmed(text: str, part: Contribution) -> Span | None:
    clause = text[part.start : part.end]
    start = part.start + len(clause) - len(clause.lstrip())
    end = part.end - (len(clause) - len(clause.rstrip()))
    return Span(start, end) if start < end else None


def _within(spans: Iterable[Span], length: int) -> list[tuple[int, int]]:
    cut = ((max(span.start, 0), min(span.end, length)) for span in spans)
    return [(start, end) for start, end in cut if start < end]


def _covers(spans: list[tuple[int, int]], at: int) -> bool:
    return any(start <= at < end for start, end in spans)
