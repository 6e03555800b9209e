"""What the embedded engine reads inside one read transaction of its caller."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

import apsw

from storage.search.assets.interface import MAX_TAGS, AssetFacets
from storage.search.assets.plan import AssetPlan
from storage.search.assets.position import Position
from storage.search.assets.sql import expressions, matching, narrowed, where
from storage.search.fulltext import text_of
from storage.search.ranking import most_frequent
from storage.search.sql import Where


@dataclass(frozen=True)
class Found:
    """A row found: its order number and its tier as a score, the higher the better."""

    row: int
    id: str
    score: int


def page(db: apsw.Connection, plan: AssetPlan, below: Position | None, limit: int) -> list[Found]:
    """Return up to *limit* rows, best tier first and newest first in it.

    All come after *below*; here no two assets share a number.
    """
    found: list[Found] = []
    for score, selected in _tiers(plan):
        if below is not None and score > below.score:
            continue
        after = below.number if below is not None and score == below.score else None
        found += _rows(db, selected, score, after, limit - len(found))
        if len(found) == limit:
            break
    return found


def total(db: apsw.Connection, plan: AssetPlan) -> int:
    """Return how many assets *plan* selects."""
    selected = where(plan)
    return int(db.execute(f"SELECT count(*) {selected.sql}", selected.values).get)


def facets(db: apsw.Connection, plan: AssetPlan) -> AssetFacets:
    """Return how the selection divides."""
    selected = where(plan).with_rows()
    counts: tuple[Counter[str], ...] = (Counter(), Counter(), Counter(), Counter())
    for *values, count in db.execute(
        f"SELECT r.kind, r.state, r.brand, r.media_type, count(*) {selected.sql} "
        "GROUP BY 1, 2, 3, 4",
        selected.values,
    ):
        for counter, value in zip(counts, values, strict=True):
            if value is not None:
                counter[text_of(value)] += count
    kinds, states, brands, media_types = map(most_frequent, counts)
    return AssetFacets(kinds, states, _tags(db, selected), brands, media_types)


def shown(db: apsw.Connection, row: int) -> tuple[str, list[str], str]:
    """Return title, tags and description of a row."""
    document = db.execute("SELECT document FROM asset_document WHERE row=?", (row,)).get
    title, tags, description = json.loads(text_of(document))
    return title, tags, description


def layers(db: apsw.Connection, row: int) -> Iterator[tuple[int, str]]:
    """Yield page and text of a row, the first page first."""
    found = db.execute("SELECT page, text FROM asset_layer WHERE row=? ORDER BY page", (row,))
    for number, text in found:
        yield number, text_of(text)


def _tiers(plan: AssetPlan) -> Iterator[tuple[int, Where]]:
    if plan.root is None:
        yield 0, where(plan)
        return
    tiers = expressions(plan)
    for at, tier in enumerate(tiers):
        only = f"({tier} NOT {tiers[at - 1]})" if at else tier
        score = len(tiers) - at if plan.terms else 0
        yield score, narrowed(matching(only), plan)


def _rows(
    db: apsw.Connection, selected: Where, score: int, below: int | None, limit: int
) -> list[Found]:
    row = selected.row
    if below is not None:
        selected = selected.narrowed(f"{row} < ?", below)
    numbers = [
        number
        for (number,) in db.execute(
            f"SELECT {row} {selected.sql} ORDER BY {row} DESC LIMIT ?",
            (*selected.values, limit),
        )
    ]
    return [
        Found(
            number,
            text_of(db.execute("SELECT id FROM asset_row WHERE row=?", (number,)).get),
            score,
        )
        for number in numbers
    ]


def _tags(db: apsw.Connection, selected: Where) -> dict[str, int]:
    source = f"{selected.source} CROSS JOIN asset_tag AS t ON t.row = r.row"
    tagged = replace(selected, source=source)
    return {
        text_of(tag): count
        for tag, count in db.execute(
            f"SELECT t.tag, count(*) {tagged.sql} GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT ?",
            (*tagged.values, MAX_TAGS),
        )
    }
