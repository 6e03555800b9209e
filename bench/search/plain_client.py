"""What the bare Elasticsearch client takes for the very requests that the interface sent.

While the interface searches, every call of the client is written down; afterwards a client of its
own sends the same bytes to the same paths, turn and turn about. The interface makes highlights
and whole mentions of the answer, and the highlights are measured apart.
"""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from statistics import median
from typing import Any

from elasticsearch import Elasticsearch

from bench.search import questions
from bench.search.engines import elastic_address
from bench.search.questions import Word
from storage.search import MentionIndex, SearchPage, SearchRequest
from storage.search.highlight import highlights
from storage.search.plan import plan
from storage.search.syntax import Term

_TURNS = 5


@dataclass(frozen=True)
class Sent:
    """One call of the client."""

    method: str
    path: str
    options: dict[str, Any]


def compared(index: MentionIndex, found: Sequence[Word]) -> str:
    """Return the times of interface and bare client, and their ratio."""
    address = elastic_address()
    client = Elasticsearch(
        address.url.split(","), basic_auth=(address.username or "", address.password or "")
    )
    try:
        rows = [
            _row(index, client, "newest 20 of a two-character word", questions.newest(found)),
            _row(index, client, "words, brand, label, 30 days", questions.boolean(40)),
        ]
    finally:
        client.close()
    head = (
        "| request | interface p50 ms | of it highlights | bare client p50 ms "
        "| interface less highlights / bare client |\n|---|---|---|---|---|"
    )
    return "\n".join([head, *rows])


def _row(
    index: MentionIndex, client: Elasticsearch, name: str, requests: Sequence[SearchRequest]
) -> str:
    ours, marking, bare = [], [], []
    for request in requests:
        with _written_down() as sent:
            page = index.search(request)
        marked = partial(_mark, page, plan(request).terms)
        for _ in range(_TURNS):
            ours.append(_milliseconds(partial(index.search, request)))
            marking.append(_milliseconds(marked))
            bare.append(_milliseconds(partial(_send, client, sent)))
    added = (sum(ours) - sum(marking)) / sum(bare)
    middle = " | ".join(f"{median(each):.2f}" for each in (ours, marking, bare))
    return f"| {name} | {middle} | {added:.3f} |"


def _mark(page: SearchPage, terms: Sequence[Term]) -> None:
    for hit in page.hits:
        highlights(hit.mention, terms)


@contextmanager
def _written_down() -> Iterator[list[Sent]]:
    sent: list[Sent] = []
    whole = Elasticsearch.perform_request

    def noted(client: Elasticsearch, method: str, path: str, **options: Any) -> Any:
        sent.append(Sent(method, path, options))
        return whole(client, method, path, **options)

    Elasticsearch.perform_request = noted  # type: ignore[method-assign, assignment]
    try:
        yield sent
    finally:
        Elasticsearch.perform_request = whole  # type: ignore[method-assign]


def _send(client: Elasticsearch, sent: Sequence[Sent]) -> None:
    for each in sent:
        client.perform_request(each.method, each.path, **each.options)


def _milliseconds(call: Any) -> float:
    began = time.perf_counter()
    call()
    return (time.perf_counter() - began) * 1000
