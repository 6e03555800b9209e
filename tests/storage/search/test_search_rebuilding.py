"""An index is made anew from its own mentions, whoever reads, writes or dies meanwhile."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import apsw
import pytest
import search_mention_engines
from search_mentions import NOON, mention
from search_word_counts import agrees, counted, made

from core.errors import StorageError
from storage.search import EmbeddedMentionIndex, MentionIndex, SearchRequest, Selection
from storage.search.schema import VERSION
from storage.search.sql import tags
from storage.search.tokens import token_text

REBUILDER = """
import sys
from pathlib import Path
from storage.search import EmbeddedMentionIndex
EmbeddedMentionIndex(Path(sys.argv[1])).rebuild(anew=True)
"""


@contextmanager
def repeated(work: Callable[[], None]) -> Iterator[None]:
    """Do *work* again and again in a thread until the block ends, at least once."""
    ended, failed = threading.Event(), []

    def loop() -> None:
        try:
            work()
            while not ended.wait(0.01):
                work()
        except Exception as error:  # noqa: BLE001 - told by the test
            failed.append(error)

    thread = threading.Thread(target=loop)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
    assert failed == []


def column(path: Path, sql: str) -> Any:
    with closing(apsw.Connection(str(path))) as db:
        return db.execute(sql).get


def upto(path: Path) -> int | None:
    found: int | None = column(path, "SELECT upto FROM rebuild")
    return found


def make_older(path: Path, tokens: dict[str, str]) -> None:
    """Leave *path* as the version before wrote it: ids with these *tokens* as their text."""
    with closing(apsw.Connection(str(path))) as db:
        for key, text in tokens.items():
            sql = "SELECT row FROM mention_row WHERE id = ?"
            row = db.execute(sql, (key.encode(),)).get
            db.execute("DELETE FROM mention_text WHERE rowid = ?", (row,))
            values = (row, text, tags(mention(key)))
            db.execute("INSERT INTO mention_text(rowid, text, tags) VALUES (?, ?, ?)", values)
        db.execute("DROP TABLE rebuild; PRAGMA user_version=2")


@pytest.mark.parametrize("engine", search_mention_engines.ENGINES)
def test_searches_and_writers_go_on_while_all_is_made_anew(engine: str, tmp_path: Path) -> None:
    with search_mention_engines.opened_alone(engine, tmp_path) as index:
        _rebuilt_among_readers_and_writers(index)


def _rebuilt_among_readers_and_writers(index: MentionIndex) -> None:
    index.create_many(
        [mention(f"m{i}", "手机", published_at=NOON - timedelta(days=i % 40)) for i in range(1200)]
    )
    index.sync()
    held = {each.id: each for each in index.scan(Selection())}
    assert index.differences() == []
    written: list[str] = []

    def read() -> None:
        page = index.search(SearchRequest(q="手机", limit=5, facets=True))
        assert (page.total, len(page.hits)) == (1200, 5)
        assert index.count(Selection(q="机")) >= 1200

    def write() -> None:
        key = f"new{len(written)}"
        with suppress(StorageError):
            index.create_many([mention(key, "相机")])
            written.append(key)

    with repeated(read), repeated(write):
        # January, February and March.
        assert index.rebuild(anew=True) == 3
        assert index.rebuild(anew=True) == 3
    assert index.rebuild() == 0
    assert index.differences() == []
    index.sync()
    assert {each.id: each for each in index.scan(Selection(q="手机"))} == held
    found = {each.id for each in index.scan(Selection(q="相机"))}
    assert set(written) <= found
    assert index.count(Selection()) == 1200 + len(found)


def test_a_file_with_older_tokens_works_at_once_and_finds_all_when_rebuilt(
    index: EmbeddedMentionIndex, path: Path
) -> None:
    index.create_many([mention("kana", "スマートフォン"), mention("han", "手机"), *made(2500)])
    index.close()
    make_older(path, {"kana": "スマートフォン", "han": token_text("手机")})
    with closing(EmbeddedMentionIndex(path)) as again:
        [sentence] = again.differences()
        assert "shengyu reindex" in sentence
        assert again.get("kana") == mention("kana", "スマートフォン")
        assert again.count(Selection(q="フォン")) == 0
        assert again.count(Selection(q="フ")) == len(again.search(SearchRequest(q="フ")).hits) == 0
        assert "han" in {each.id for each in again.scan(Selection(q="手机"))}
        agrees(again)
        # What is written now has today's tokens; what is removed is not counted by them.
        again.create_many([mention("later", "フォント")])
        assert again.count(Selection(q="フォン")) == 1
        again.delete([each.id for each in made(100)])
        agrees(again)
        assert counted(path)
        assert not [word for word in counted(path) if word < "\ue000"]
        # February and March.
        assert again.rebuild() == 2
        assert again.differences() == []
        assert again.count(Selection(q="フォン")) == again.count(Selection(q="フ")) == 2
        assert {"客服", "客*"} <= counted(path)
        agrees(again)
        assert again.rebuild() == 0


def test_an_empty_older_file_has_nothing_to_rebuild(
    index: EmbeddedMentionIndex, path: Path
) -> None:
    index.close()
    make_older(path, {})
    with closing(EmbeddedMentionIndex(path)) as again:
        assert again.differences() == []
        again.create_many(made(2500))
        assert "客服" in counted(path)


def test_a_rebuild_that_was_killed_is_continued_with_exact_counts(
    index: EmbeddedMentionIndex, path: Path
) -> None:
    months = 6
    index.create_many(
        [
            replace(each, published_at=NOON - timedelta(days=31 * (at // 500), seconds=at % 500))
            for at, each in enumerate(made(500 * months))
        ]
    )
    root = Path(__file__).parents[3]
    left = column(path, "SELECT max(row) FROM mention_row")
    assert left is not None
    for _ in range(2):
        process = subprocess.Popen(
            [sys.executable, "-c", REBUILDER, str(path)],
            env=os.environ | {"PYTHONPATH": str(root)},
        )
        while (now := upto(path)) is None or now >= left:
            assert process.poll() is None
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)
        process.wait()
        left = now
        agrees(index)
        assert index.differences() != []
    assert index.delete([each.id for each in made(10)]) == 10
    # At least two steps, which are months here, had been done.
    assert 1 <= index.rebuild() <= months - 2
    assert index.differences() == []
    agrees(index)
    assert "客服" in counted(path)
    assert column(path, "PRAGMA integrity_check") == "ok"
    with closing(apsw.Connection(str(path))) as db:
        db.execute("INSERT INTO mention_text(mention_text) VALUES ('integrity-check')")


def test_counts_are_exact_whatever_is_written_meanwhile(
    index: EmbeddedMentionIndex, path: Path
) -> None:
    index.create_many(made(3000))
    left = iter(range(0, 3000, 50))

    def write() -> None:
        at = next(left, None)
        if at is None:
            return
        some = made(3000)[at : at + 50]
        index.create_many(made(30, first=10_000 + at))
        index.relabel_many([replace(each, label="negative", marked=1) for each in some[:20]])
        index.delete([each.id for each in some[20:40]])

    with repeated(write):
        index.rebuild(anew=True)
    agrees(index)
    index.create_many(made(30, first=20_000))
    agrees(index)


def test_a_change_of_tokens_asks_for_a_new_version() -> None:
    texts = ("华為手机Ｍａｔｅ６０", "スマートフォン", "스마트폰", "好😡a_b", "a" * 130, "ab12cd")
    made_by = {
        3: "华为 为手 手机 机 mate 60|スマ マー ート トフ フォ ォン ン|스마 마트 트폰 폰|好 😡 a b|"
        + "a" * 100
        + "bfea0951fb986554867d|ab 12 cd"
    }
    # A change here needs a VERSION of the file with TOKENS_CHANGED as its step.
    assert "|".join(token_text(text) for text in texts) == made_by[VERSION]
