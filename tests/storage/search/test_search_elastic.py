"""What only the Elasticsearch engine does: months, rebuilding, several writers, a server away."""

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from search_mention_engines import address, own_address
from search_mentions import NOON, brand, mention

from core.errors import StorageError
from storage.mentions import Engagement
from storage.search import SearchRequest, Selection
from storage.search.elastic import ElasticAddress, ElasticMentionIndex
from storage.search.elastic.connection import Connection
from storage.search.elastic.layout import AFTER, BEFORE, month_of

WRITER = """
import sys
from datetime import timedelta
from search_mentions import NOON, mention
from storage.mentions import Engagement
from storage.search.elastic import ElasticAddress, ElasticMentionIndex
url, user, password, prefix, name = sys.argv[1:]
index = ElasticMentionIndex(ElasticAddress(url, user, password, prefix=prefix))
when = NOON + timedelta(days=31 * int(name))
for part in range(4):
    seen = Engagement(10 * part + int(name), None, int(name), None)
    index.create_many([
        mention(f"m{i}", "手机", published_at=when, batch_id=name, engagement=seen)
        for i in range(50)
    ])
index.close()
"""


@pytest.fixture
def own() -> Iterator[ElasticAddress]:
    with own_address() as found:
        yield found


@pytest.fixture
def index(own: ElasticAddress) -> Iterator[ElasticMentionIndex]:
    with closing(ElasticMentionIndex(own)) as found:
        yield found


@contextmanager
def server(answer: bytes) -> Iterator[str]:
    """A server that takes every request, sends *answer* and hangs up; yields its address."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            while True:
                try:
                    caller, _ = listening.accept()
                except OSError:
                    return
                with caller:
                    caller.recv(65536)
                    caller.sendall(answer)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        listening.shutdown(socket.SHUT_RDWR)
    thread.join(5)


def test_processes_that_create_one_id_in_different_months_make_one_mention(
    own: ElasticAddress, index: ElasticMentionIndex
) -> None:
    here, root = Path(__file__).parent, Path(__file__).parents[3]
    arguments = [own.url, str(own.username), str(own.password), own.prefix]
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, *arguments, str(name)],
            env=os.environ | {"PYTHONPATH": f"{root}{os.pathsep}{here}"},
        )
        for name in range(3)
    ]
    assert [each.wait(60) for each in writers] == [0, 0, 0]
    index.sync()
    keys = [f"m{i}" for i in range(50)]
    found = list(index.scan(Selection(q="手机")))
    assert sorted(each.id for each in found) == sorted(keys)
    assert index.get_many(keys) == {each.id: each for each in found}
    # The counts of all writers, whoever was first.
    assert {each.engagement for each in found} == {Engagement(32, None, 2, None)}


def test_who_died_between_id_and_mention_is_healed_by_a_replay(index: ElasticMentionIndex) -> None:
    index.create_many([mention("m")])
    index.sync()
    index._raw.send("DELETE", f"/{index._layout.index('2026.03')}")
    assert index.get("m") is None
    later = mention("m", published_at=NOON + timedelta(days=90), batch_id="batch-2")
    assert index.create_many([later]) == {"m": "batch-2"}
    assert index.get("m") == later


@pytest.mark.parametrize(
    ("moment", "month"),
    [
        (datetime(1, 1, 1, tzinfo=UTC), BEFORE),
        (datetime(1999, 12, 31, 23, 59, tzinfo=UTC), BEFORE),
        (datetime(2000, 1, 1, tzinfo=UTC), "2000.01"),
        (datetime(2100, 12, 31, tzinfo=UTC), "2100.12"),
        (datetime(9999, 12, 31, tzinfo=UTC), AFTER),
    ],
)
def test_dates_far_out_share_one_index(moment: datetime, month: str) -> None:
    assert month_of(moment) == month


def test_searches_go_on_while_months_are_rebuilt(index: ElasticMentionIndex) -> None:
    index.create_many(
        [mention(f"m{i}", "手机", published_at=NOON - timedelta(days=i % 40)) for i in range(300)]
    )
    index.sync()
    ended, wrong = threading.Event(), []

    def look() -> None:
        while not ended.is_set():
            page = index.search(SearchRequest(q="手机", limit=5))
            if page.total != 300 or len(page.hits) != 5:
                wrong.append(page.total)

    reader = threading.Thread(target=look)
    reader.start()
    assert index.rebuild(anew=True) == 3
    assert index.rebuild(anew=True) == 3
    ended.set()
    reader.join()
    assert wrong == []
    assert index.rebuild() == 0
    assert index.differences() == []
    # The month goes on under its name: counts grow, new mentions come.
    index.create_many([mention("m0", engagement=Engagement(7)), mention("new", "手机")])
    index.sync()
    found = index.get("m0")
    assert found is not None
    assert found.engagement == Engagement(7)
    assert index.count(Selection(q="手机")) == 301
    assert index.drop_before(NOON + timedelta(days=70)) == 301


def test_a_broken_rebuild_goes_on_where_it_ended(index: ElasticMentionIndex) -> None:
    index.create_many([mention(f"m{i}", "手机") for i in range(1500)])
    layout, raw = index._layout, index._raw
    # As a process leaves it that was killed: the month closed, the copy begun in an older form.
    raw.send("PUT", f"/{layout.index('2026.03')}/_block/write")
    raw.send("PUT", f"/{layout.rebuilt('2026.03', '1')}", {"mappings": {"dynamic": "strict"}})
    with pytest.raises(StorageError, match="shengyu reindex"):
        index.create_many([mention("late")])
    assert index.rebuild(anew=True) == 1
    index.create_many([mention("late")])
    index.sync()
    assert index.count(Selection()) == 1501


def test_what_differs_on_the_server_is_named(
    own: ElasticAddress, index: ElasticMentionIndex
) -> None:
    assert any("template" in each for each in index.differences())
    index.create_many([mention("m", "手机")])
    assert index.differences() == []
    connection, layout = index._raw, index._layout
    connection.send(
        "PUT",
        f"/{layout.index('2026.02')}",
        {"mappings": {"_meta": {"version": 0}, "properties": {"extra": {"type": "keyword"}}}},
    )
    (sentence,) = index.differences()
    assert "2026.02" in sentence
    assert "_meta, extra" in sentence
    assert index.rebuild() == 1
    assert index.differences() == []
    template = {**layout.template, "version": 99}
    connection.send("PUT", f"/_index_template/{layout.mentions}", template)
    with (
        closing(ElasticMentionIndex(own)) as older,
        pytest.raises(StorageError, match="newer version"),
    ):
        older.count(Selection())


def test_shards_and_replicas_are_those_asked_for(own: ElasticAddress) -> None:
    with closing(ElasticMentionIndex(own, shards=2, replicas=0)) as index:
        index.create_many([mention(f"m{i}", "手机", brands=(brand("b"),)) for i in range(40)])
        index.sync()
        page = index.search(SearchRequest(q="手机", limit=200, facets=True))
        assert len(page.hits) == page.total == 40
        found = index._raw.send("GET", f"/{own.prefix}-mentions/_settings").body
    (settings,) = found.values()
    assert settings["settings"]["index"]["number_of_shards"] == "2"
    assert settings["settings"]["index"]["number_of_replicas"] == "0"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"password": "wrong"}, "user name and password"),
        ({"url": "http://127.0.0.1:1"}, "Cannot reach"),
        ({"url": "https://127.0.0.1:1"}, "Cannot reach"),
    ],
)
def test_a_server_that_does_not_serve_is_a_clear_sentence(
    change: dict[str, str], sentence: str
) -> None:
    used = replace(address(), **change)  # type: ignore[arg-type]
    with (
        closing(ElasticMentionIndex(used)) as index,
        pytest.raises(StorageError, match=sentence) as caught,
    ):
        index.get("m")
    assert caught.value.__cause__ is not None
    assert used.password not in str(caught.value)


@pytest.mark.parametrize("url", ["es:9200", "ftp://es", "http://", "http://es:port"])
def test_an_address_that_is_none_is_refused_at_once(url: str) -> None:
    with pytest.raises(StorageError, match="SHENGYU_ELASTICSEARCH_URL"):
        ElasticMentionIndex(ElasticAddress(url))


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (b"", "Cannot reach"),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{", "Cannot reach"),
        (b"HTTP/1.1 503 Busy\r\ncontent-length: 0\r\n\r\n", "not ready"),
        (b"HTTP/1.1 413 No\r\ncontent-length: 0\r\n\r\n", "max_content_length"),
        (b"HTTP/1.1 403 No\r\ncontent-length: 0\r\n\r\n", "rights"),
        (b"HTTP/1.1 406 No\r\ncontent-length: 0\r\n\r\n", "too old"),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}", "not Elasticsearch"),
    ],
)
def test_a_server_that_goes_away_in_mid_call_is_a_clear_sentence(
    answer: bytes, sentence: str
) -> None:
    with (
        server(answer) as url,
        closing(Connection(ElasticAddress(url), pauses=(0,))) as connection,
        pytest.raises(StorageError, match=sentence),
    ):
        connection.send("POST", "/_search", {"query": {"match_all": {}}})


def test_a_server_that_never_answers_is_a_clear_sentence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with (
            closing(Connection(ElasticAddress(url), timeout=0.2)) as connection,
            pytest.raises(StorageError, match="in time"),
        ):
            connection.send("GET", "/")


def test_who_waits_for_a_search_waits_no_longer_than_for_that() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        # Twice the same: a node that hangs is asked once more at most.
        with (
            closing(
                Connection(ElasticAddress(f"{url},{url}/again"), search_timeout=0.2)
            ) as connection,
            pytest.raises(StorageError, match="in time"),
        ):
            connection.send("POST", "/_search", {}, awaited=True)


def test_another_node_answers_for_one_that_is_away(own: ElasticAddress) -> None:
    urls = f"http://127.0.0.1:1, {own.url}"
    with closing(ElasticMentionIndex(replace(own, url=urls))) as index:
        assert index.create_many([mention("m")]) == {"m": "batch-1"}
        assert [index.count(Selection()) for _ in range(4)]


def test_a_closed_index_says_so(own: ElasticAddress) -> None:
    index = ElasticMentionIndex(own)
    index.close()
    index.close()
    with pytest.raises(StorageError, match="closed"):
        index.get("m")
