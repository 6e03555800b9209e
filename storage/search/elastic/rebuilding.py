"""Rebuilds months after a change of fields or tokens, while searches go on.

A month is closed to writers, copied into an index of its own and put in its place in one step.
Who dies meanwhile leaves it closed: the next call goes on where the copy ends. Meanwhile mentions
of that month wait in the spool.
"""

from collections.abc import Iterator
from typing import Any, Final

from core.errors import StorageError
from storage.mentions import Mention
from storage.search.elastic.bulk import Write, write
from storage.search.elastic.connection import Connection, Json, segment
from storage.search.elastic.documents import document, keyword
from storage.search.elastic.finding import NEWEST, hits, search, total
from storage.search.elastic.layout import MAPPINGS, Layout
from storage.search.elastic.preparing import mappings_of
from storage.search.elastic.retaining import months_held

_STEP: Final = 1_000


def rebuild(connection: Connection, layout: Layout, *, anew: bool = False) -> int:
    """Rebuild the months whose fields differ, or all of them; return how many."""
    rebuilt = 0
    for month, (index, *_) in months_held(connection, layout).items():
        if anew or mappings_of(connection, index)[index] != MAPPINGS:
            _rebuild(connection, layout, month, index)
            rebuilt += 1
    return rebuilt


def _rebuild(connection: Connection, layout: Layout, month: str, index: str) -> None:
    times = index.removeprefix(layout.rebuilt(month, ""))
    copy = layout.rebuilt(month, str(int(times) + 1) if times.isdecimal() else "1")
    connection.send("PUT", f"/{segment(index)}/_block/write")
    _make(connection, layout, copy)
    for part in _missing(connection, index, copy):
        # An id that was lost is found again with its mention.
        ids = [Write("create", layout.ids, keyword(each.id), {"month": month}) for each in part]
        write(connection, ids)
        write(
            connection, [Write("create", copy, keyword(each.id), document(each)) for each in part]
        )
    if (held := _count(connection, index)) != (made := _count(connection, copy)):
        raise StorageError(
            f"The rebuilt index {copy} holds {made} mentions instead of {held}. Delete it and "
            "run `shengyu reindex` again."
        )
    swap: list[Json] = [
        {"remove_index": {"index": index}},
        {"add": {"index": copy, "alias": layout.index(month)}},
        {"add": {"index": copy, "alias": layout.mentions}},
    ]
    connection.send("POST", "/_aliases", {"actions": swap})


def _make(connection: Connection, layout: Layout, copy: str) -> None:
    """Make the index *copy*, unless a broken call has made it and in today's form."""
    held = mappings_of(connection, copy)
    if held and held[copy] == MAPPINGS:
        return
    if held:
        connection.send("DELETE", f"/{segment(copy)}")
    wanted = {"settings": layout.settings, "mappings": MAPPINGS}
    connection.send("PUT", f"/{segment(copy)}", wanted)


def _missing(connection: Connection, index: str, copy: str) -> Iterator[list[Mention]]:
    """Yield the mentions of *index* that *copy* may lack, newest first, in portions.

    Of the portion that was last written some may be missing, so that one is done again.
    """
    connection.send("POST", f"/{segment(index)},{segment(copy)}/_refresh")
    asked: dict[str, Any] = {"size": _STEP, "track_total_hits": False}
    oldest = [{name: "asc"} for each in NEWEST for name in each]
    last = search(connection, copy, {**asked, "sort": oldest}, awaited=False)["hits"]["hits"]
    if len(last) == _STEP:
        asked["search_after"] = last[-1]["sort"]
    while True:
        found = hits(search(connection, index, {**asked, "sort": NEWEST}, awaited=False))
        if not found:
            return
        yield [mention for _, mention in found]
        asked["search_after"] = list(found[-1][0])


def _count(connection: Connection, index: str) -> int:
    connection.send("POST", f"/{segment(index)}/_refresh")
    return total(search(connection, index, {"size": 0, "track_total_hits": True}, awaited=False))
