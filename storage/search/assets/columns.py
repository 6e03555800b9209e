"""What the text index of an asset holds: the tokens of its columns, the same for every engine."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from storage.search.assets import pinyin
from storage.search.assets.interface import AssetDocument
from storage.search.assets.keywords import comparable, keywords
from storage.search.fulltext import EVERY_TAG, tag
from storage.search.syntax import Field
from storage.search.tokens import token_text

TEXTS: Final = ("title", "tags", "description", "text")
# Private-use characters, which no token of a text contains.
_BREAK: Final = "\ue001"
_INITIALS: Final = "\ue002"


@dataclass(frozen=True)
class Columns:
    """Tokens with a space between: *texts* in the order of ``TEXTS``, *marks* to filter by."""

    texts: tuple[str, str, str, str]
    pinyin: str
    marks: tuple[str, ...]


def columns(document: AssetDocument) -> Columns:
    """Return the tokens of *document*."""
    heard = [each for text in (document.title, *document.tags) for each in _sounds(text)]
    marks = {tag(name, comparable(name, value)) for name, value in keywords(document)}
    return Columns(
        (
            token_text(document.title),
            apart(map(token_text, document.tags)),
            token_text(document.description),
            apart(token_text(text) for _, text in document.layers),
        ),
        apart(heard),
        (EVERY_TAG, *sorted(marks)),
    )


def apart(tokens: Iterable[str]) -> str:
    """Join tokens so that no phrase runs from one text into the next."""
    return f" {_BREAK} ".join(tokens)


def mark(wanted: Field) -> str:
    """Return the mark that an asset must carry."""
    return tag(wanted.name, comparable(wanted.name, wanted.value))


def marked(initials: Iterable[str]) -> list[str]:
    """Return pairs of initials as the tokens of the pinyin column, where no syllable is one."""
    return [_INITIALS + pair for pair in initials]


def _sounds(text: str) -> list[str]:
    """Return the content of the pinyin column for one title or tag."""
    readings = list(pinyin.renderings(text))
    initials = dict.fromkeys(" ".join(marked(pinyin.initials_of(each))) for each in readings)
    return [*(" ".join(each) for each in readings), *filter(None, initials)]
