"""A score and what it comes from, in the form of the command line's JSON and of REST."""

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any

from core.errors import InvalidInput

if TYPE_CHECKING:
    from sentiment.scorer import Score, Scorer
    from storage.mentions import Contribution

_DIGITS = 6


def score_form(score: "Score") -> dict[str, Any]:
    """Return label and probabilities."""
    return {
        "label": score.label,
        "p_negative": round(score.p_negative, _DIGITS),
        "p_neutral": round(score.p_neutral, _DIGITS),
        "p_positive": round(score.p_positive, _DIGITS),
    }


def explanation_form(
    scorer: "Scorer", text: str, source_type: str | None, *, characters: bool = False
) -> dict[str, Any]:
    """Return the clauses and words of *text* with their weights, below 0 towards negative.

    Clauses sum to ``log(p_positive / p_negative)`` of the score by *source_type*; words are the
    few that weigh most. With *characters* come their weights too, as runs of equal ones.
    """
    # Not at the top: a score without reasons starts quicker.
    from sentiment.telling_words import telling_words

    (explained,) = scorer.explain([text], source_type)
    form = {
        "clauses": parts_form(text, explained.clauses),
        "words": parts_form(text, telling_words(text, explained.characters)),
    }
    return form | {"characters": _runs(explained.characters)} if characters else form


def parts_form(text: str, parts: Iterable["Contribution"]) -> list[dict[str, Any]]:
    """Return *parts* of *text*, clauses or words, each with what stands there."""
    return [
        {
            "text": text[part.start : part.end],
            "start": part.start,
            "end": part.end,
            "weight": round(part.weight, _DIGITS),
        }
        for part in parts
    ]


def checked_target(text: str, start: object, end: object) -> tuple[int, int]:
    """Return *start* and *end*; raise ``InvalidInput`` unless they tell a part of *text*."""
    numbers = [each for each in (start, end) if isinstance(each, int) and type(each) is not bool]
    if len(numbers) == 2 and 0 <= numbers[0] < numbers[1] <= len(text):
        return numbers[0], numbers[1]
    raise InvalidInput(
        f'"start" and "end" must be whole numbers with 0 <= start < end <= {len(text)} '
        "(code points)"
    )


def _runs(weights: Sequence[float]) -> list[list[float]]:
    """Return runs of characters of one weight as [start, end, weight of each], zeros left out."""
    runs: list[list[float]] = []
    at = 0
    for weight, group in groupby(round(each, _DIGITS) for each in weights):
        end = at + sum(1 for _ in group)
        if weight:
            runs.append([at, end, weight])
        at = end
    return runs
