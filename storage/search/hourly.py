"""The hourly roll-up: counts per brand, UTC hour and label, kept in step with the rows.

The brand ``b""`` stands for all mentions, counted by the label of their whole text.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import apsw

from storage.mentions import Label
from storage.search import order
from storage.search.fulltext import blob
from storage.search.plan import Plan
from storage.search.question import question
from storage.search.sql import LABEL_NUMBER, LABELS

HOUR = 3600 * order.MICROSECONDS
EVERYTHING = b""

Cell = tuple[bytes, int, int]


def cells(published: int, label: int, brands: Iterable[tuple[bytes, int]]) -> Iterator[Cell]:
    """Yield the cells that a mention counts in. *published* is in µs since 1970."""
    hour = published // HOUR
    yield EVERYTHING, hour, label
    for brand, toward in brands:
        yield brand, hour, toward


def add(db: apsw.Connection, changes: Counter[Cell]) -> None:
    """Add *changes*, which may be below zero, to the cells."""
    db.executemany(
        "INSERT INTO hourly VALUES (?, ?, ?, ?) ON CONFLICT (brand, hour, label) "
        "DO UPDATE SET mentions = mentions + excluded.mentions",
        [(*cell, change) for cell, change in changes.items()],
    )


@dataclass(frozen=True)
class Scope:
    """What the roll-up can answer: one brand or everything, some labels, whole hours."""

    brand: bytes
    labels: frozenset[Label]
    first: int | None
    end: int | None

    def counts(self, db: apsw.Connection) -> Iterator[tuple[int, Label, int]]:
        """Yield (hour since 1970, label, mentions), hours in order."""
        found = db.execute(
            f"SELECT hour, label, mentions FROM hourly WHERE {self._where} ORDER BY hour",  # noqa: S608 - only constants
            self._values,
        )
        for hour, label, mentions in found:
            yield hour, LABELS[label], mentions

    def total(self, db: apsw.Connection) -> int:
        """Return all mentions together."""
        found = db.execute(
            f"SELECT coalesce(sum(mentions), 0) FROM hourly WHERE {self._where}",  # noqa: S608
            self._values,
        )
        return int(found.get)

    @property
    def _where(self) -> str:
        chosen = ", ".join(str(LABEL_NUMBER[label]) for label in sorted(self.labels))
        return f"brand = ? AND hour >= ? AND hour < ? AND label IN ({chosen})"

    @property
    def _values(self) -> tuple[bytes, int, int]:
        low = -(2**62) if self.first is None else self.first
        return self.brand, low, 2**62 if self.end is None else self.end


def scope(plan: Plan) -> Scope | None:
    """Return what of the roll-up answers *plan*, or None when only the rows can."""
    edges: list[int | None] = []
    for moment in (plan.after, plan.before):
        hour, rest = (None, 0) if moment is None else divmod(order.microseconds(moment), HOUR)
        if rest:
            return None
        edges.append(hour)
    asked = question(plan)
    if asked is None or asked.tokens:
        return None
    brand = EVERYTHING if asked.brand is None else blob(asked.brand)
    return Scope(brand, asked.labels, edges[0], edges[1])
