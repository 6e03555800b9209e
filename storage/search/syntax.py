"""The query tree, and the words by which people name its fields and values."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from core.folding import fold

FieldName = Literal["brand", "label", "platform", "kind", "activity", "story", "source", "role"]


@dataclass(frozen=True)
class Term:
    """A word or quoted phrase, as written; it stands at *start* of the query."""

    text: str
    start: int = 0


@dataclass(frozen=True)
class Field:
    """A keyword that a mention must carry; a brand's value is its id."""

    name: FieldName
    value: str


@dataclass(frozen=True)
class Not:
    """Everything that *part* does not select."""

    part: "Node"


@dataclass(frozen=True)
class And:
    """What all *parts* select."""

    parts: "tuple[Node, ...]"


@dataclass(frozen=True)
class Or:
    """What any of *parts* selects."""

    parts: "tuple[Node, ...]"


Node = Term | Field | Not | And | Or


@dataclass(frozen=True)
class Query:
    """A parsed query. No *root* selects everything between *after* (in) and *before* (out).

    Both are aware datetimes in UTC.
    """

    root: Node | None = None
    after: datetime | None = None
    before: datetime | None = None

    @property
    def terms(self) -> tuple[Term, ...]:
        """The words and phrases that hits may contain: those not under an odd number of ``-``."""
        return tuple(leaf for leaf in _wanted(self.root) if isinstance(leaf, Term))

    @property
    def brand_ids(self) -> frozenset[str]:
        """The brands that the query asks for; excluded ones are not named."""
        return frozenset(
            leaf.value
            for leaf in _wanted(self.root)
            if isinstance(leaf, Field) and leaf.name == "brand"
        )


def all_of(parts: list[Node]) -> Node | None:
    """Join *parts* by AND; None when there are none."""
    return parts[0] if len(parts) == 1 else And(tuple(parts)) if parts else None


def any_of(parts: list[Node]) -> Node | None:
    """Join *parts* by OR; None when there are none."""
    return parts[0] if len(parts) == 1 else Or(tuple(parts)) if parts else None


def field_named(word: str) -> str | None:
    """Return the field that *word* means in any spelling, ``before`` and ``after`` included."""
    return _fields().get(fold(word))


def field_words(name: str) -> list[str]:
    """Return the words for a field, the one to show first."""
    words: list[str] = _words()["fields"][name]
    return words


def field_names() -> list[str]:
    """Return the names of all fields."""
    return list(_words()["fields"])


def value_meant(name: str, word: str) -> str:
    """Return the stored value that *word* means for field *name*: itself, folded, if no alias."""
    word = fold(word)
    return _values().get((name, word), word)


def closed_values(name: str) -> dict[str, list[str]]:
    """Return value → other words for a field, for messages."""
    values: dict[str, list[str]] = _words()["values"][name]
    return values


def _wanted(node: Node | None, wanted: bool = True) -> Iterator[Term | Field]:
    match node:
        case Term() | Field():
            if wanted:
                yield node
        case Not(part):
            yield from _wanted(part, not wanted)
        case And(parts) | Or(parts):
            for part in parts:
                yield from _wanted(part, wanted)


@cache
def _words() -> dict[str, Any]:
    text = files("storage.search").joinpath("data/words.json").read_text(encoding="utf-8")
    words: dict[str, Any] = json.loads(text)
    return words


@cache
def _fields() -> dict[str, str]:
    return {fold(word): name for name, words in _words()["fields"].items() for word in words}


@cache
def _values() -> dict[tuple[str, str], str]:
    return {
        (name, fold(word)): value
        for name, values in _words()["values"].items()
        for value, words in values.items()
        for word in words
    }
