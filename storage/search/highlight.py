"""Where a query's words stand in a mention: made in Python, the same for every engine."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final

from core.folding import fold
from storage.mentions import Mention, Span
from storage.search.syntax import Term
from storage.search.tokens import Phrase, begins, is_bigram, phrase, tokens_from

_SOUGHT: Final = 32


def highlights(mention: Mention, terms: Iterable[Term]) -> tuple[Span, ...]:
    """Return spans of code points in ``mention.full_text``, in order and not overlapping."""
    wanted = (phrase(term.text) for term in terms)
    phrases = [each for each in wanted if each is not None]
    if not phrases:
        return ()
    whole = mention.full_text
    # Engines index title and text apart, so no phrase runs from one into the other.
    text_start = len(whole) - len(mention.text)
    parts = ((whole[:text_start], 0), (mention.text, text_start))
    found = [
        Span(span.start + shift, span.end + shift)
        for text, shift in parts
        for span in spans(text, phrases)
    ]
    return tuple(merged(found))


def spans(text: str, phrases: Iterable[Phrase]) -> list[Span]:
    """Return every place in *text* where one of *phrases* stands; they may overlap.

    Only what follows a place where the first token may begin is cut into tokens: texts are long
    and phrases are short.
    """
    folded = fold(text)
    return [span for wanted in phrases for span in _spans_of(wanted, folded)]


def _spans_of(wanted: Phrase, folded: str) -> Iterator[Span]:
    head = wanted.tokens[0]
    if len(wanted.tokens) == 1 and is_bigram(head):
        # Most words that people ask for: there is nothing to cut.
        yield from (Span(at, at + 2) for at in _found(folded, head))
        return
    # The token of an endless word shows only the beginning of the word.
    for at in _found(folded, head[:_SOUGHT]):
        if begins(folded, at) and (span := _stands(folded, at, wanted)) is not None:
            yield span


def _found(folded: str, sought: str) -> Iterator[int]:
    at = folded.find(sought)
    while at >= 0:
        yield at
        at = folded.find(sought, at + 1)


def _stands(folded: str, at: int, wanted: Phrase) -> Span | None:
    found = list(islice(tokens_from(folded, at), len(wanted.tokens)))
    if len(found) < len(wanted.tokens):
        return None
    *heads, last = wanted.tokens
    if any(token.text != head for token, head in zip(found, heads, strict=False)):
        return None
    end = found[-1]
    if end.text == last:
        return Span(found[0].start, end.end)
    if wanted.prefix and end.text.startswith(last):
        return Span(found[0].start, end.start + len(last))
    return None


def merged(found: list[Span]) -> list[Span]:
    """Return *found* in order, those that touch or overlap as one."""
    apart: list[Span] = []
    for span in sorted(found, key=lambda each: (each.start, each.end)):
        if apart and span.start <= apart[-1].end:
            apart[-1] = Span(apart[-1].start, max(apart[-1].end, span.end))
        else:
            apart.append(span)
    return apart
