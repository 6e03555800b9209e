"""The query tree."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

MentionField = Literal["label", "platform", "activity", "story", "source", "role"]
AssetField = Literal["state", "tag", "scenario", "media", "orientation", "colour", "channel"]
FieldName = Literal["brand", "kind"] | MentionField | AssetField


@dataclass(frozen=True)
class Term:
    """A word or quoted phrase, as written; it stands at *start* of the query."""

    text: str
    start: int = 0


@dataclass(frozen=True)
class Field:
    """A keyword that a mention or an asset must carry; a brand's value is its id."""

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
