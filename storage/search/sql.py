"""Translates a plan for SQLite: an FTS5 expression, row bounds and joins."""

from dataclasses import dataclass, replace
from typing import Final, get_args

from storage.mentions import Label, Mention
from storage.search import fulltext, order
from storage.search.fulltext import EVERY_TAG, tag
from storage.search.mentions import comparable, keywords
from storage.search.plan import Plan
from storage.search.syntax import And, Field, Node, Or, all_of

# The place of a label in this tuple is its number in the file: append only.
LABELS: Final[tuple[Label, ...]] = get_args(Label)
LABEL_NUMBER: Final = {label: number for number, label in enumerate(LABELS)}

Value = str | bytes | int


def tags(mention: Mention) -> str:
    """Return the content of the tags column: one token for each thing to filter by."""
    found = {tag(name, comparable(name, value)) for name, value in keywords(mention)}
    found |= {tag("toward", f"{brand.id}\0{brand.label}") for brand in mention.brands}
    return " ".join([EVERY_TAG, tag("label", mention.label), *sorted(found)])


@dataclass(frozen=True)
class Where:
    """FROM and WHERE of a plan. ``row`` names the row id; ``table`` joins on it as ``r``."""

    source: str
    row: str
    conditions: tuple[str, ...] = ()
    values: tuple[Value, ...] = ()
    joined: bool = False
    table: str = "mention_row"

    def narrowed(self, condition: str, *values: Value) -> "Where":
        """Return this with one more condition."""
        return replace(self, conditions=(*self.conditions, condition), values=self.values + values)

    def with_rows(self) -> "Where":
        """Return this with ``table`` joined as ``r``, asked after the text index."""
        if self.joined:
            return self
        source = f"{self.source} CROSS JOIN {self.table} AS r ON r.row = {self.row}"
        return replace(self, source=source, joined=True)

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
            "mention_text MATCH ?", expression(_without_implied(plan), plan.toward)
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
    return fulltext.expression(
        node, lambda term, _: fulltext.words(term.text), lambda field: tag_of(field, toward)
    )


def tag_of(wanted: Field, toward: str | None) -> str:
    """Return the token of a condition; a label is meant *toward* a brand id or the whole."""
    if wanted.name == "label" and toward is not None:
        return tag("toward", f"{toward}\0{wanted.value}")
    return tag(wanted.name, comparable(wanted.name, wanted.value))


def _without_implied(plan: Plan) -> Node:
    """The tree less the brand, where a label towards it is asked for, which nothing else has.

    The tag of a brand is in a third of all mentions: to go through its list takes a fifth of a
    search.
    """
    assert plan.root is not None
    if not isinstance(plan.root, And) or plan.toward is None:
        return plan.root
    if not any(_is_label(part) for part in plan.root.parts):
        return plan.root
    implied = Field("brand", plan.toward)
    return all_of([part for part in plan.root.parts if part != implied]) or plan.root


def _is_label(node: Node) -> bool:
    if isinstance(node, Or):
        return all(_is_label(part) for part in node.parts)
    return isinstance(node, Field) and node.name == "label"
