"""What is written: mentions created once, counts grown, sentiment taken over, mentions removed.

An id is claimed in the index of ids before its mention is written in its month. Who dies between
the two leaves an id without a mention; the same call made again, by anyone, writes it.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from core.errors import StorageError
from storage.mentions import Engagement, Mention
from storage.search.elastic.bulk import CONFLICT, Write, write
from storage.search.elastic.connection import Connection
from storage.search.elastic.documents import document, keyword
from storage.search.elastic.known import Held, held, months
from storage.search.elastic.layout import Layout, month_of
from storage.search.mentions import counts, grown, relabelled

# Whoever loses a race reads again; each round somebody wins.
_ROUNDS: Final = 20


def create_many(
    connection: Connection, layout: Layout, mentions: Iterable[Mention]
) -> dict[str, str]:
    """Create or recognise each mention; return id → stored batch id."""
    wanted = _merged(mentions)
    documents = {key: document(mention) for key, mention in wanted.items()}
    claimed, place = _claim(connection, layout, wanted)
    batches: dict[str, str] = {}
    unwritten, unread = claimed, [key for key in wanted if key not in claimed]
    for _ in range(_ROUNDS):
        writes = [
            Write("create", layout.index(place[key]), keyword(key), documents[key])
            for key in unwritten
        ]
        for key, status in zip(unwritten, write(connection, writes), strict=True):
            if status == CONFLICT:
                unread.append(key)
            else:
                batches[key] = wanted[key].batch_id
        found = held(connection, layout, {key: place[key] for key in unread})
        batches |= {key: each.mention.batch_id for key, each in found.items()}
        unwritten = [key for key in unread if key not in found]
        unread = _change(connection, found, lambda each: _grown(each, wanted))
        if not unwritten and not unread:
            return {key: batches[key] for key in wanted}
    raise _contended(layout)


def relabel_many(connection: Connection, layout: Layout, mentions: Iterable[Mention]) -> int:
    """Take over the sentiment of each mention where its ``marked`` is larger than what is held."""
    wanted: dict[str, Mention] = {}
    for mention in sorted(mentions, key=lambda each: each.marked):
        wanted[mention.id] = mention
    place = months(connection, layout, wanted)
    changed = 0
    for _ in range(_ROUNDS):
        found = held(connection, layout, place)
        late = {key for key, each in found.items() if each.mention.marked >= wanted[key].marked}
        due = {key: each for key, each in found.items() if key not in late}
        lost = _change(
            connection, due, lambda each: relabelled(each, wanted[each.id]), refresh=True
        )
        changed += len(due) - len(lost)
        if not lost:
            return changed
        place = {key: place[key] for key in lost}
    raise _contended(layout)


def delete(
    connection: Connection, layout: Layout, ids: Iterable[str], *, refresh: bool = True
) -> int:
    """Remove mentions, then their ids; return how many mentions there were."""
    place = months(connection, layout, ids)
    writes = [Write("delete", layout.index(month), keyword(key)) for key, month in place.items()]
    statuses = write(connection, writes, refresh=refresh)
    write(connection, [Write("delete", layout.ids, keyword(key)) for key in place])
    return statuses.count(200)


def _claim(
    connection: Connection, layout: Layout, wanted: Mapping[str, Mention]
) -> tuple[list[str], dict[str, str]]:
    """Return the ids that were new, and id → month of all of them."""
    claimed: list[str] = []
    place: dict[str, str] = {}
    waiting = list(wanted)
    for _ in range(_ROUNDS):
        found = {key: month_of(wanted[key].published_at) for key in waiting}
        writes = [
            Write("create", layout.ids, keyword(key), {"month": month})
            for key, month in found.items()
        ]
        taken = []
        for key, status in zip(waiting, write(connection, writes), strict=True):
            if status == CONFLICT:
                taken.append(key)
            else:
                claimed.append(key)
                place[key] = found[key]
        known = months(connection, layout, taken)
        place |= known
        # Deleted between the two questions.
        waiting = [key for key in taken if key not in known]
        if not waiting:
            return claimed, place
    raise _contended(layout)


def _change(
    connection: Connection,
    found: Mapping[str, Held],
    changed: Callable[[Mention], Mention],
    *,
    refresh: bool = False,
) -> list[str]:
    """Write anew what *changed* makes different; return the ids that another one changed first."""
    keys: list[str] = []
    writes: list[Write] = []
    for key, each in found.items():
        new = changed(each.mention)
        if new != each.mention:
            keys.append(key)
            writes.append(Write("index", each.index, keyword(key), document(new), each.version))
    statuses = write(connection, writes, refresh=refresh)
    return [key for key, status in zip(keys, statuses, strict=True) if status == CONFLICT]


def _grown(each: Mention, wanted: Mapping[str, Mention]) -> Mention:
    larger = Engagement(*counts(grown(each.engagement, wanted[each.id].engagement)))
    return replace(each, engagement=larger)


def _merged(mentions: Iterable[Mention]) -> dict[str, Mention]:
    """Return id → mention, the first of each id with the largest counts of all."""
    same: defaultdict[str, list[Mention]] = defaultdict(list)
    for mention in mentions:
        same[mention.id].append(mention)
    return {key: _first(each) for key, each in same.items()}


def _first(mentions: Sequence[Mention]) -> Mention:
    first = mentions[0]
    for other in mentions[1:]:
        first = replace(first, engagement=grown(first.engagement, other.engagement))
    return first


def _contended(layout: Layout) -> StorageError:
    return StorageError(f"Others keep changing the same mentions of {layout.mentions}. Try again.")
