"""Where the words of a query stand in an asset: made in Python, the same for every engine."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final

from core.folding import fold
from storage.mentions import Span
from storage.search.assets import pinyin
from storage.search.assets.interface import Place
from storage.search.highlight import merged, spans
from storage.search.syntax import Term
from storage.search.tokens import Phrase, phrase

MAX_PAGES: Final = 3
_BEFORE, _AFTER = 24, 72
# Around a word: enough for its tokens to be what they are in the whole text.
_MARGIN = 64
# A word that so often only begins as the one wanted is not worth a snippet.
_TRIES = 500

Layers = Callable[[], Iterable[tuple[int, str]]]


def places(
    title: str, tags: Sequence[str], description: str, layers: Layers, terms: Sequence[Term]
) -> tuple[Place, ...]:
    """Return where *terms* stand: title, tags, description, the first pages, then pinyin."""
    wanted = [each for term in terms if (each := phrase(term.text)) is not None]
    if not wanted:
        return ()
    found = [*_whole("title", title, wanted)]
    found += _whole("tags", "、".join(tag for tag in tags if spans(tag, wanted)), wanted)
    found += _excerpt("description", description, wanted)
    found += _pages(layers(), wanted)
    found += _sounding(title, tags, terms)
    return tuple(found)


def _whole(where: str, text: str, wanted: Sequence[Phrase]) -> Iterator[Place]:
    standing = tuple(merged(spans(text, wanted)))
    if standing:
        yield Place(where, text, standing)


def _pages(layers: Iterable[tuple[int, str]], wanted: Sequence[Phrase]) -> Iterator[Place]:
    shown = 0
    for number, text in layers:
        for place in _excerpt(f"page-{number}", text, wanted):
            yield place
            shown += 1
        if shown == MAX_PAGES:
            return


def _excerpt(where: str, text: str, wanted: Sequence[Phrase]) -> Iterator[Place]:
    """Yield the surroundings of the first word found, if any. *text* may be as long as a book."""
    folded = fold(text)
    firsts = [place for each in wanted if (place := _first(text, folded, each)) is not None]
    if not firsts:
        return
    start = max(0, min(firsts) - _BEFORE)
    end = min(len(text), min(firsts) + _AFTER)
    # Looked for in a wider piece, so that the cut makes no word and hides none.
    left, right = max(0, start - _MARGIN), min(len(text), end + _MARGIN)
    standing = [
        Span(max(span.start + left, start) - start, min(span.end + left, end) - start)
        for span in merged(spans(text[left:right], wanted))
        if span.start + left < end and span.end + left > start
    ]
    yield Place(where, _one_line(text[start:end]), tuple(standing))


def _first(text: str, folded: str, wanted: Phrase) -> int | None:
    """Return where *wanted* first stands: every token stands in the text as it is."""
    head = wanted.tokens[0]
    at, tried = folded.find(head), 0
    while at >= 0 and tried < _TRIES:
        left = max(0, at - _MARGIN)
        piece = text[left : at + len(" ".join(wanted.tokens)) + _MARGIN]
        if any(span.start + left == at for span in spans(piece, [wanted])):
            return at
        at, tried = folded.find(head, at + 1), tried + 1
    return None


def _sounding(title: str, tags: Sequence[str], terms: Sequence[Term]) -> Iterator[Place]:
    heard = [sound for term in terms if (sound := pinyin.sound_of(term.text)) is not None]
    for text in (title, *tags) if heard else ():
        standing = [Span(*place) for sound in heard for place in pinyin.places(text, sound)]
        if standing:
            yield Place("pinyin", text, tuple(merged(standing)))


def _one_line(text: str) -> str:
    """Return *text* with every line break and tab as a space: as long, so that spans stay."""
    return "".join(" " if sign.isspace() else sign for sign in text)
