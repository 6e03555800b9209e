"""Reads mentions by their ids: at once after they were written, which searches do not promise."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Final

from storage.mentions import Mention
from storage.search.elastic.connection import Connection, Json
from storage.search.elastic.documents import keyword, mention_of
from storage.search.elastic.fetching import fetch
from storage.search.elastic.layout import Layout

_STEP: Final = 500


@dataclass(frozen=True)
class Held:
    """A mention as it is stored: in which index, and which version of it."""

    index: str
    mention: Mention
    version: tuple[int, int]


def months(connection: Connection, layout: Layout, ids: Iterable[str]) -> dict[str, str]:
    """Return id → month of those that were created."""
    wanted = dict.fromkeys(ids)
    targets = [(layout.ids, keyword(each)) for each in wanted]
    found = zip(wanted, _fetch(connection, targets), strict=True)
    return {key: each["_source"]["month"] for key, each in found if each is not None}


def held(connection: Connection, layout: Layout, months: Mapping[str, str]) -> dict[str, Held]:
    """Return id → what is stored of those that lie in the month given."""
    targets = [(layout.index(month), keyword(key)) for key, month in months.items()]
    fetched = zip(months, targets, _fetch(connection, targets), strict=True)
    # By the month's own name, which stays when the index behind it is rebuilt.
    return {
        key: Held(index, mention_of(found["_source"]), (found["_seq_no"], found["_primary_term"]))
        for key, (index, _), found in fetched
        if found is not None
    }


def _fetch(connection: Connection, targets: Iterable[tuple[str, str]]) -> Iterator[Json | None]:
    """Yield the document of each (index, _id), or None."""
    waiting = iter(targets)
    while part := list(islice(waiting, _STEP)):
        yield from fetch(connection, part)
