"""Searches: a plan as a query, hits newest first, and what of a search is read."""

from collections.abc import Iterator
from typing import Any, Final

from storage.mentions import Mention
from storage.search import order
from storage.search.elastic import clauses
from storage.search.elastic.clauses import Clause
from storage.search.elastic.connection import Connection, Json, segment
from storage.search.elastic.documents import mention_of
from storage.search.elastic.failures import Refused
from storage.search.elastic.layout import Layout
from storage.search.plan import Plan
from storage.search.sql import tag_of

FIELDS: Final = ("title", "text")
NEWEST: Final = [{"number": "desc"}, {"tie": "desc"}]
# Before the first month there is nothing to find; a shard that is away is an error, not a smaller
# number of hits.
_PARAMS: Final = {
    "ignore_unavailable": "true",
    "allow_no_indices": "true",
    "allow_partial_search_results": "false",
}
# What a search is told whose index another one took the place of in mid-search.
_REPLACED: Final = frozenset(
    {
        "illegal_index_shard_state_exception",
        "index_not_found_exception",
        "search_context_missing_exception",
        "shard_not_found_exception",
    }
)

_TRIES: Final = 4

Position = tuple[int, int]


def search(connection: Connection, index: str, body: Json, *, awaited: bool = True) -> Json:
    """Ask *index*, an index or an alias, and return the answer; see ``Connection.send``."""
    path = f"/{segment(index)}/_search"
    # Small months are replaced so quickly one after the other that the next try may meet the next.
    for left in reversed(range(_TRIES)):
        try:
            answer = connection.send("POST", path, body, params=_PARAMS, awaited=awaited)
            break
        except Refused as error:
            if error.kind not in _REPLACED or not left:
                raise
    found: Json = answer.body
    return found


def query(plan: Plan) -> Clause:
    """Return the query of what *plan* selects. Nothing is scored."""
    parts: list[Clause] = []
    if plan.root is not None:
        parts.append(
            clauses.expression(
                plan.root,
                lambda term, _: clauses.words(term.text, FIELDS),
                lambda field: {"term": {"tags": tag_of(field, plan.toward)}},
            )
        )
    if (span := _span(plan)) is not None:
        parts.append(span)
    return {"bool": {"filter": [clauses.all_of(parts)]}}


def page(
    connection: Connection,
    layout: Layout,
    plan: Plan,
    below: Position | None,
    body: Json,
    *,
    awaited: bool = True,
) -> Json:
    """Return the answer to a search for hits newest first, all under *below*.

    *body* says how many and what else.
    """
    after = {} if below is None else {"search_after": list(below)}
    asked = {"query": query(plan), "sort": NEWEST, **after, **body}
    return search(connection, layout.mentions, asked, awaited=awaited)


def hits(answer: Json) -> list[tuple[Position, Mention]]:
    """Return position and mention of each hit."""
    return [
        ((hit["sort"][0], hit["sort"][1]), mention_of(hit["_source"]))
        for hit in answer["hits"]["hits"]
    ]


def total(answer: Json) -> int:
    """Return how many mentions the whole selection has."""
    return int(answer["hits"]["total"]["value"])


def scan(connection: Connection, layout: Layout, plan: Plan, step: int) -> Iterator[Mention]:
    """Yield everything that *plan* selects, newest first, asking for *step* at a time."""
    below = None
    while True:
        body: Json = {"size": step, "track_total_hits": False}
        found = hits(page(connection, layout, plan, below, body, awaited=False))
        yield from (mention for _, mention in found)
        if len(found) < step:
            return
        below = found[-1][0]


def _span(plan: Plan) -> Clause | None:
    bounds: dict[str, Any] = {}
    if plan.after is not None:
        bounds["gte"] = order.microseconds(plan.after)
    if plan.before is not None:
        bounds["lt"] = order.microseconds(plan.before)
    return {"range": {"published_us": bounds}} if bounds else None
