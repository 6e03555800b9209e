"""Why a text was judged as it was: the clauses and words that its score comes from."""

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
_MOST_WORDS: Final = 5
_LONGEST_CLAUSE: Final = 80
_LONGEST_WORD: Final = 24
_UNMARKED_ENDS: Final = "。，；,;. \n…"


@dataclass(frozen=True)
class Weight:
    """One clause's part in the score: *share* per cent of the heaviest."""

    clause: str
    share: float
    value: str
    tone: str


@dataclass(frozen=True)
class Reasons:
    """What is marked in a text, *worst* words in clauses that *hurt*, and told below it.

    *words* are those marked, or those that speak for a text that is not negative.
    """

    hurt: tuple[Span, ...] = ()
    worst: tuple[Span, ...] = ()
    weights: tuple[Weight, ...] = ()
    words: tuple[str, ...] = ()


NONE: Final = Reasons()


def reasons(
    text: str,
    contributions: Sequence[Contribution],
    words: Sequence[Contribution],
    *,
    negative: bool,
) -> Reasons:
    """Return the reasons for calling *text* negative, or else for not doing so."""
    told = weights(text, contributions)
    if not negative:
        return Reasons(weights=told, words=_texts(text, (w for w in words if w.weight > 0)))
    hurt = hurting(text, contributions)
    worst = tuple(
        Span(word.start, word.end)
        for word in words
        if word.weight < 0 and any(span.start < word.end and word.start < span.end for span in hurt)
    )
    return Reasons(hurt, worst, told, _texts(text, worst))


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


def _texts(text: str, words: Iterable[Span | Contribution]) -> tuple[str, ...]:
    """Return what *words* say, each once, in the order of the text."""
    said = [" ".join(text[word.start : word.end][:_LONGEST_WORD].split()) for word in words]
    return tuple(dict.fromkeys(said))[:_MOST_WORDS]


def _clause(text: str) -> str:
    """One line that fits beside its bar; the text itself stands above."""
    return " ".join(text[:_LONGEST_CLAUSE].split()).rstrip(_UNMARKED_ENDS)


def _trimmed(text: str, part: Contribution) -> Span | None:
    """Leave out the spaces around a clause and the comma or full stop that ends it."""
    clause = text[part.start : part.end]
    start = part.start + len(clause) - len(clause.lstrip())
    end = part.end - (len(clause) - len(clause.rstrip(_UNMARKED_ENDS)))
    return Span(start, end) if start < end else None
