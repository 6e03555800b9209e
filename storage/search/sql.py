"""Translates a plan for SQLite: an FTS5 expression, row bounds and joins.

Users' words reach FTS5 only as tokens, which hold letters, digits and pictures alone, inside
quotes; keywords only as hashes. So nothing that a person types is ever syntax.
"""

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, get_args

from storage.mentions import Label, Mention
from storage.search import order
from storage.search.mentions import comparable, keywords
from storage.search.plan import Plan
from storage.search.syntax import And, Field, Node, Not, Or, Term
from storage.search.tokens import phrase

# The place of a label in this tuple is its number in the file: append only.
LABELS: Final[tuple[Label, ...]] = get_args(Label)
LABEL_NUMBER: Final = {label: number for number, label in enumerate(LABELS)}

# A private-use character, which no token of a text contains, begins every tag.
_TAG_MARK = "\ue000"
EVERY_TAG: Final = _TAG_MARK + "every"

Value = str | bytes | int


def blob(value: str) -> bytes:
    """Return the stored form of a user's string."""
    return value.encode("utf-8", "surrogatepass")


def text_of(value: bytes) -> str:
    """Return the string that ``blob`` stored."""
    return value.decode("utf-8", "surrogatepass")


def tags(mention: Mention) -> str:
    """Return the content of the tags column: one token for each thing to filter by."""
    found = {tag(name, comparable(name, value)) for name, value in keywords(mention)}
    found |= {tag("toward", f"{brand.id}\0{brand.label}") for brand in mention.brands}
    return " ".join([EVERY_TAG, tag("label", mention.label), *sorted(found)])


@lru_cache(maxsize=8192)
def tag(name: str, value: str) -> str:
    """Return the token of a keyword: a hash, so that no value can be mistaken for another."""
    return _TAG_MARK + hashlib.blake2b(blob(f"{name}\0{value}"), digest_size=10).hexdigest()


@dataclass(frozen=True)
class Where:
    """FROM and WHERE of a plan. ``row`` names the row id; join ``mention_row`` as ``r`` on it."""

    source: str
    row: str
    conditions: tuple[str, ...] = ()
    values: tuple[Value, ...] = ()
    joined: bool = False

    def narrowed(self, condition: str, *values: Value) -> "Where":
        """Return this with one more condition."""
        return Where(
            self.source,
            self.row,
            (*self.conditions, condition),
            self.values + values,
            self.joined,
        )

    def with_rows(self) -> "Where":
        """Return this with ``mention_row`` joined as ``r``, asked after the text index."""
        if self.joined:
            return self
        source = f"{self.source} CROSS JOIN mention_row AS r ON r.row = {self.row}"
        return Where(source, self.row, self.conditions, self.values, joined=True)

    @property
    def sql(self) -> str:
        """``FROM … WHERE …``; its parameters are ``values``."""
        return f"FROM {self.source} WHERE {' AND '.join(self.conditions) or 'true'}"


def where(plan: Plan) -> Where:
    """Return the rows that *plan* selects."""
    if plan.root is None:
        found = Where("mention_row AS r", "r.row", joined=True)
    else:
        found = Where("mention_text", "mention_text.rowid").narrowed(
            "mention_text MATCH ?", expression(plan.root, plan.toward)
        )
    for moment, sign in ((plan.after, ">="), (plan.before, "<")):
        if moment is None:
            continue
        stamp = order.microseconds(moment)
        edges = order.bounds(stamp)
        if edges is not None:
            edge = edges[0] if sign == ">=" else edges[1]
            found = found.narrowed(f"{found.row} {sign} ?", edge)
        if edges is None or edges[0] != edges[1]:
            found = found.with_rows().narrowed(f"r.published {sign} ?", stamp)
    return found


def expression(node: Node, toward: str | None) -> str:
    """Return the FTS5 expression of a tree; labels are meant *toward* a brand id or the whole."""
    match node:
        case Term(text):
            return _words(text)
        case Field():
            return f'"{_tag_of(node, toward)}"'
        case Not(part):
            return f'("{EVERY_TAG}" NOT {expression(part, toward)})'
        case Or(parts):
            return f"({' OR '.join(expression(part, toward) for part in parts)})"
        case And(parts):
            return _all_of(parts, toward)


def _words(text: str) -> str:
    wanted = phrase(text)
    # The parser lets no such term through; another caller's finds nothing.
    if wanted is None:
        return f'("{EVERY_TAG}" NOT "{EVERY_TAG}")'
    return f'"{" ".join(wanted.tokens)}"{" *" if wanted.prefix else ""}'


def _tag_of(wanted: Field, toward: str | None) -> str:
    if wanted.name == "label" and toward is not None:
        return tag("toward", f"{toward}\0{wanted.value}")
    return tag(wanted.name, comparable(wanted.name, wanted.value))


def _all_of(parts: tuple[Node, ...], toward: str | None) -> str:
    """FTS5 has no lone NOT: what must not stand is taken away from what must."""
    wanted = [expression(part, toward) for part in parts if not isinstance(part, Not)]
    unwanted = [expression(part.part, toward) for part in parts if isinstance(part, Not)]
    held = " AND ".join(wanted) or f'"{EVERY_TAG}"'
    return f"(({held}) NOT ({' OR '.join(unwanted)}))" if unwanted else f"({held})"
