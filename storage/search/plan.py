"""Turns a selection into one tree and one time range: what is left is translation by an engine."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from storage.search.interface import Selection
from storage.search.query import parse
from storage.search.syntax import Field, FieldName, Node, Query, Term, all_of, any_of


@dataclass(frozen=True)
class Plan:
    """A selection made ready. Times are aware; *after* includes, *before* excludes.

    *toward* is the one brand named, towards which labels are meant; None means the whole text.
    """

    root: Node | None
    after: datetime | None
    before: datetime | None
    toward: str | None
    terms: tuple[Term, ...]


def plan(selection: Selection) -> Plan:
    """Parse the query of *selection* and join it with its filters. Raises ``QueryError``."""
    query = parse(selection.q, selection.zone, selection.brands)
    filters = selection.filters
    named = query.brand_ids | set(filters.brand_ids)
    return Plan(
        root=all_of([node for node in (query.root, *_conditions(selection)) if node is not None]),
        after=_latest(query, filters.after),
        before=_earliest(query, filters.before),
        toward=next(iter(named)) if len(named) == 1 else None,
        terms=query.terms,
    )


def _conditions(selection: Selection) -> Iterable[Node | None]:
    filters = selection.filters
    alternatives: tuple[tuple[FieldName, tuple[str, ...]], ...] = (
        ("brand", filters.brand_ids),
        ("role", filters.brand_roles),
        ("label", filters.labels),
        ("platform", filters.platforms),
        ("kind", filters.kinds),
        ("activity", filters.activities),
        ("story", filters.story_ids),
        ("source", filters.source_ids),
    )
    return (any_of([Field(name, value) for value in values]) for name, values in alternatives)


def _latest(query: Query, after: datetime | None) -> datetime | None:
    return max((each for each in (query.after, after) if each is not None), default=None)


def _earliest(query: Query, before: datetime | None) -> datetime | None:
    return min((each for each in (query.before, before) if each is not None), default=None)
