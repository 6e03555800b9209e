"""A bulk load holds the records' write lock for short turns only: cases never wait behind it."""

from collections.abc import Callable, Sequence
from typing import Any

import pysqlite3
import pytest
from sqlalchemy import event
from word_scorer import WordScorer

import sentiment.clusters
from api.wiring import Service
from crawlers.ingest import Ingest
from crawlers.judging import Judge
from crawlers.raw import Batch, BatchHead, RawMention
from storage.records.transactions import purpose_of

MENTIONS = 200
# As many mentions as one turn at the lock may decide on.
A_TURN = 25


@pytest.fixture
def ingest(service: Service, watch: Callable[..., Any]) -> Ingest:
    """A load of a batch of different voices, one in ten of them bad news."""
    watch("星澜")
    mentions = tuple(
        RawMention(
            platform="forum",
            text=f"星澜用户{number * 7919}：" + ("质量太差" if number % 10 == 0 else "还可以"),
            detected_at=service.clock.now(),
            native_id=str(number),
        )
        for number in range(MENTIONS)
    )
    head = BatchHead("batch_1", "import", service.clock.now(), trusted=True)
    service.spool.put(Batch(head, mentions))
    return Ingest(
        service.records,
        service.index,
        service.spool,
        lambda: Judge(service.watchlist(), WordScorer()),
        service.clock,
        service.ids,
    )


def is_free(service: Service) -> bool:
    """Say whether the write lock can be had at once."""
    other = pysqlite3.connect(service.workspace.records, timeout=0, isolation_level=None)
    try:
        other.execute("BEGIN IMMEDIATE")
        other.execute("ROLLBACK")
    except pysqlite3.OperationalError:
        return False
    finally:
        other.close()
    return True


def test_texts_are_scored_marked_and_indexed_while_the_lock_is_free(
    service: Service, ingest: Ingest, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: dict[str, list[bool]] = {}

    def watched(name: str, found: Callable[..., Any]) -> Callable[..., Any]:
        def call(*given: Any, **named: Any) -> Any:
            seen.setdefault(name, []).append(is_free(service))
            return found(*given, **named)

        return call

    monkeypatch.setattr(
        sentiment.clusters, "signature", watched("mark", sentiment.clusters.signature)
    )
    monkeypatch.setattr(WordScorer, "score", watched("score", WordScorer.score))
    monkeypatch.setattr(service.index, "create_many", watched("index", service.index.create_many))
    monkeypatch.setattr(service.index, "sync", watched("sync", service.index.sync))
    assert ingest.next_batch()
    assert seen.keys() == {"mark", "score", "index", "sync"}
    assert all(free for calls in seen.values() for free in calls)
    assert len(seen["mark"]) == MENTIONS


def test_each_turn_decides_on_few_mentions_and_lets_others_go_first(
    service: Service, ingest: Ingest
) -> None:
    purposes: list[str] = []
    joined: list[int] = []

    def begun(connection: Any) -> None:
        purposes.append(purpose_of(connection))

    def executed(_: Any, __: Any, statement: str, given: Sequence[Any], *___: Any) -> None:
        if statement.startswith("INSERT INTO story_members"):
            joined.append(len(given))

    event.listen(service.records._engine, "begin", begun)
    event.listen(service.records._engine, "before_cursor_execute", executed)
    assert ingest.next_batch()
    assert sum(joined) == MENTIONS
    assert max(joined) <= A_TURN
    assert set(purposes) == {"read", "load"}
    # One turn a few mentions, one a case, one for the receipt.
    assert purposes.count("load") >= MENTIONS / A_TURN + 1
