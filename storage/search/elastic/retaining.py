"""Drops months that nobody keeps any longer: whole indices, after their ids."""

from datetime import datetime
from typing import Final

from storage.search import order
from storage.search.elastic.bulk import Write, write
from storage.search.elastic.connection import Connection, Json, segment
from storage.search.elastic.finding import search, total
from storage.search.elastic.layout import AFTER, BEFORE, FIRST_YEAR, Layout

_STEP: Final = 5_000


def drop_before(connection: Connection, layout: Layout, moment: datetime) -> int:
    """Drop the months that ended by *moment* and hold nothing later; return how many mentions."""
    cutoff = order.month_start(moment)
    dropped = 0
    for month, indices in months_held(connection, layout).items():
        if not _ended(month, cutoff):
            continue
        count = _holding(connection, indices, order.microseconds(cutoff))
        if count is None:
            continue
        _forget(connection, layout, month)
        for index in indices:
            connection.send("DELETE", f"/{segment(index)}", allowed=(404,))
        dropped += count
    return dropped


def months_held(connection: Connection, layout: Layout) -> dict[str, list[str]]:
    """Return month → its indices, of which there are two only while one is being rebuilt."""
    found = connection.send("GET", f"/{segment(layout.index('*'))}", allowed=(404,))
    months: dict[str, list[str]] = {}
    for index, about in found.body.items() if found.status == 200 else ():
        for name in (index, *about["aliases"]):
            if name.startswith(layout.index("")):
                months.setdefault(name.removeprefix(layout.index("")), []).append(index)
    return dict(sorted(months.items()))


def _ended(month: str, cutoff: datetime) -> bool:
    if month in {BEFORE, AFTER}:
        return month == BEFORE and cutoff.year >= FIRST_YEAR
    year, _, number = month.partition(".")
    return (int(year), int(number)) < (cutoff.year, cutoff.month)


def _holding(connection: Connection, indices: list[str], cutoff: int) -> int | None:
    """How many mentions *indices* hold, or None if some are of a later date.

    A mention whose date changed between two broken attempts may lie in another month than its own.
    """
    connection.send("POST", f"/{segment(','.join(indices))}/_refresh", allowed=(404,))
    later: Json = {"filter": {"range": {"published_us": {"gte": cutoff}}}}
    asked: Json = {"size": 0, "track_total_hits": True, "aggs": {"later": later}}
    answer = search(connection, ",".join(indices), asked, awaited=False)
    if answer.get("aggregations", {}).get("later", {}).get("doc_count"):
        return None
    return total(answer)


def _forget(connection: Connection, layout: Layout, month: str) -> None:
    """Remove the ids of *month*. Who dies here leaves mentions without ids, which go next time."""
    asked: Json = {
        "size": _STEP,
        "_source": False,
        "query": {"bool": {"filter": [{"term": {"month": month}}]}},
    }
    while True:
        connection.send("POST", f"/{segment(layout.ids)}/_refresh")
        hits = search(connection, layout.ids, asked, awaited=False)["hits"]["hits"]
        if not hits:
            return
        write(connection, [Write("delete", layout.ids, hit["_id"]) for hit in hits])
