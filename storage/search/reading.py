"""What the embedded engine reads inside one read transaction of its caller."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, tzinfo

import apsw

from storage.mentions import Engagement, Label, Mention
from storage.search import buckets, characters, hourly, order, word_counts
from storage.search.fulltext import blob, text_of
from storage.search.interface import Facets
from storage.search.mentions import decode
from storage.search.plan import Plan
from storage.search.ranking import most_frequent
from storage.search.sql import LABELS, Where, where
from storage.search.syntax import And

_CHUNK = 500
# Rows that are read to learn how many there are: more are counted quicker by SQLite alone.
_FEW = 1000
# All of today's time zones differ from UTC by whole quarters of an hour.
_QUARTER = 900 * order.MICROSECONDS
# SQLite's division cuts towards zero: lifting every date above zero makes it round down.
_LIFT = 100_000_000
_DOCUMENT = "d.document, r.likes, r.comments, r.shares, r.views"


def by_ids(db: apsw.Connection, ids: Sequence[str]) -> dict[str, Mention]:
    """Return id → mention for those that exist."""
    keys = [blob(key) for key in dict.fromkeys(ids)]
    found: dict[str, Mention] = {}
    for at in range(0, len(keys), _CHUNK):
        chunk = keys[at : at + _CHUNK]
        marks = ", ".join("?" * len(chunk))
        for document, *counts in db.execute(
            f"SELECT {_DOCUMENT} FROM mention_row AS r "  # noqa: S608 - only constants
            f"JOIN mention_document AS d USING (row) WHERE r.id IN ({marks})",
            chunk,
        ):
            mention = decode(document, Engagement(*counts))
            found[mention.id] = mention
    return found


def page(
    db: apsw.Connection, plan: Plan, below: int | None, limit: int
) -> list[tuple[int, Mention]]:
    """Return up to *limit* (order number, mention), newest first, all numbers under *below*."""
    return _mentions(db, _newest(db, plan, below, limit))


def page_and_total(
    db: apsw.Connection, plan: Plan, below: int | None, limit: int
) -> tuple[list[tuple[int, Mention]], int]:
    """Return what ``page`` and ``total`` do, where possible by one way through the text index."""
    known = _rolled_up(db, plan)
    rows = None if known is not None else _few(db, plan)
    if rows is None:
        number = known if known is not None else _counted(db, plan)
        return page(db, plan, below, limit), number
    wanted = [row for row in reversed(rows) if below is None or row < below]
    return _mentions(db, wanted[:limit]), len(rows)


def _few(db: apsw.Connection, plan: Plan) -> list[int] | None:
    """Return all rows that *plan* selects, oldest first; None when they may be many.

    What must hold several things is seldom in many mentions. Forwards, FTS5 takes half the time.
    """
    if not isinstance(plan.root, And) or characters.asked_for(plan):
        return None
    selected = where(plan)
    found = db.execute(
        f"SELECT {selected.row} {selected.sql} ORDER BY {selected.row} LIMIT ?",
        (*selected.values, _FEW + 1),
    )
    rows = [row for (row,) in found]
    return rows if len(rows) <= _FEW else None


def _mentions(db: apsw.Connection, rows: Sequence[int]) -> list[tuple[int, Mention]]:
    marks = ", ".join("?" * len(rows))
    found = db.execute(
        f"SELECT row, {_DOCUMENT} FROM mention_row AS r "  # noqa: S608
        f"JOIN mention_document AS d USING (row) WHERE row IN ({marks}) ORDER BY row DESC",
        rows,
    )
    return [(number, decode(document, Engagement(*counts))) for number, document, *counts in found]


def _newest(db: apsw.Connection, plan: Plan, below: int | None, limit: int) -> list[int]:
    rows = characters.newest(db, plan, below, limit)
    if rows is not None:
        return rows
    selected = where(plan)
    if below is not None:
        selected = selected.narrowed(f"{selected.row} < ?", below)
    row = selected.row
    ordered = f"SELECT {row} {selected.sql} ORDER BY {row} DESC LIMIT ?"
    return [number for (number,) in db.execute(ordered, (*selected.values, limit))]


def total(db: apsw.Connection, plan: Plan) -> int:
    """Return how many mentions *plan* selects."""
    known = _rolled_up(db, plan)
    return _counted(db, plan) if known is None else known


def _rolled_up(db: apsw.Connection, plan: Plan) -> int | None:
    known = word_counts.total(db, plan)
    if known is None and (scope := hourly.scope(plan)) is not None:
        return scope.total(db)
    return known


def _counted(db: apsw.Connection, plan: Plan) -> int:
    selected = where(plan)
    return int(db.execute(f"SELECT count(*) {selected.sql}", selected.values).get)


def facets(db: apsw.Connection, plan: Plan) -> Facets:
    """Return how the selection divides by label, platform and brand."""
    known = word_counts.facets(db, plan)
    if known is not None:
        return known
    labels: Counter[Label] = Counter()
    platforms: Counter[str] = Counter()
    brands: Counter[str] = Counter()
    selected = where(plan).with_rows()
    for label, platform, count in db.execute(
        f"SELECT r.label, r.platform, count(*) {selected.sql} GROUP BY 1, 2",
        selected.values,
    ):
        platforms[text_of(platform)] += count
        if plan.toward is None:
            labels[LABELS[label]] += count
    for key, label, count in db.execute(
        f"SELECT b.brand, b.label, count(*) {_with_brands(selected).sql} GROUP BY 1, 2",
        selected.values,
    ):
        brand = text_of(key)
        brands[brand] += count
        if brand == plan.toward:
            labels[LABELS[label]] += count
    return Facets(most_frequent(labels), most_frequent(platforms), most_frequent(brands))


def over_time(
    db: apsw.Connection, plan: Plan, zone: tzinfo
) -> Iterator[tuple[datetime, Label, int]]:
    """Yield (moment, label, count): from the roll-up where it can answer, else from the rows."""
    scope = hourly.scope(plan)
    if scope is not None:
        counted = list(scope.counts(db))
        hours = dict.fromkeys(hour for hour, _, _ in counted)
        moments = {hour: order.moment_at(hour * hourly.HOUR) for hour in hours}
        if buckets.whole_hours(zone, moments.values()):
            yield from ((moments[hour], label, count) for hour, label, count in counted)
            return
    selected = where(plan).with_rows()
    label = "r.label"
    if plan.toward is not None:
        selected, label = _with_brands(selected), "b.label"
        selected = selected.narrowed("b.brand = ?", blob(plan.toward))
    for quarter, number, count in db.execute(
        f"SELECT (r.published + {_LIFT * _QUARTER}) / {_QUARTER} - {_LIFT}, {label}, count(*) "
        f"{selected.sql} GROUP BY 1, 2",
        selected.values,
    ):
        yield order.moment_at(quarter * _QUARTER), LABELS[number], count


def _with_brands(selected: Where) -> Where:
    source = f"{selected.source} CROSS JOIN mention_brand AS b ON b.row = r.row"
    return replace(selected, source=source, joined=True)
