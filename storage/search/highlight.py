"""Where a query's words stand in a mention: made in Python, the same for every engine."""

from collections.abc import Iterable

from storage.mentions import Mention, Span
from storage.search.syntax import Term
from storage.search.tokens import Phrase, Token, phrase, tokens


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
    """Return every place in *text* where one of *phrases* stands; they may overlap."""
    stream = list(tokens(text))
    places: dict[str, list[int]] = {}
    for at, token in enumerate(stream):
        places.setdefault(token.text, []).append(at)
        if len(token.text) > 1:
            # A prefix is always one Han character: see tokens.phrase.
            places.setdefault(token.text[0] + "*", []).append(at)
    return [span for wanted in phrases for span in _places(stream, places, wanted)]


def _places(stream: list[Token], places: dict[str, list[int]], wanted: Phrase) -> list[Span]:
    if len(wanted.tokens) == 1 and wanted.prefix:
        head = wanted.tokens[0]
        starts = sorted(places.get(head, []) + places.get(head + "*", []))
    else:
        starts = places.get(wanted.tokens[0], [])
    return [span for at in starts if (span := _stands(stream, at, wanted)) is not None]


def _stands(stream: list[Token], at: int, wanted: Phrase) -> Span | None:
    found = stream[at : at + len(wanted.tokens)]
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
