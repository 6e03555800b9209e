"""One file, many processes and threads, and what a killed writer leaves."""

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import apsw
import pytest
from search_mentions import mention

from core.errors import StorageError
from storage.search import EmbeddedMentionIndex, SearchRequest, Selection

WRITER = """
import sys
from pathlib import Path
from search_mentions import mention
from storage.search import EmbeddedMentionIndex
index = EmbeddedMentionIndex(Path(sys.argv[1]))
for batch in range(int(sys.argv[3])):
    ids = [f"{sys.argv[2]}-{batch}-{i}" for i in range(20)]
    index.create_many([mention(key, "手机", batch_id=str(batch)) for key in ids])
    print(batch, flush=True)
"""


def writer(path: Path, name: str, batches: int) -> subprocess.Popen[str]:
    here, root = Path(__file__).parent, Path(__file__).parents[3]
    return subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path), name, str(batches)],
        env=os.environ | {"PYTHONPATH": f"{root}{os.pathsep}{here}"},
        stdout=subprocess.PIPE,
        text=True,
    )


def test_processes_that_start_at_once_on_no_file_all_write(path: Path) -> None:
    writers = [writer(path, f"w{i}", 10) for i in range(4)]
    for each in writers:
        each.communicate(timeout=60)
        assert each.returncode == 0
    index = EmbeddedMentionIndex(path)
    assert index.count(Selection()) == index.count(Selection(q="手机")) == 4 * 10 * 20
    index.close()


def test_a_killed_writer_loses_no_batch_that_it_acknowledged(path: Path) -> None:
    for loop in range(4):
        name = f"k{loop}"
        process = writer(path, name, 100_000)
        assert process.stdout is not None
        acknowledged = [int(process.stdout.readline()) for _ in range(3 + 7 * loop)]
        process.send_signal(signal.SIGKILL)
        acknowledged += [int(line) for line in process.stdout.read().splitlines()]
        process.stdout.close()
        process.wait()
        index = EmbeddedMentionIndex(path)
        keys = [f"{name}-{batch}-{i}" for batch in acknowledged for i in range(20)]
        assert len(index.get_many(keys)) == len(keys)
        whole = index.count(Selection())
        assert whole % 20 == 0
        assert whole == index.count(Selection(q="手机")) == len(list(index.scan(Selection())))
        index.close()
    db = apsw.Connection(str(path))
    assert db.execute("PRAGMA integrity_check").get == "ok"
    db.execute("INSERT INTO mention_text(mention_text) VALUES ('integrity-check')")
    db.close()


def test_threads_read_while_others_write(index: EmbeddedMentionIndex) -> None:
    def write(name: int) -> None:
        for batch in range(5):
            index.create_many([mention(f"{name}-{batch}-{i}", "手机") for i in range(10)])

    def read(_: int) -> None:
        for _ in range(20):
            page = index.search(SearchRequest(q="手机", facets=True))
            assert page.facets is not None
            assert sum(page.facets.labels.values()) == page.total == index_total(page.total)

    def index_total(total: int) -> int:
        assert total % 10 == 0
        return total

    with ThreadPoolExecutor(8) as threads:
        work = [threads.submit(write if i % 2 else read, i) for i in range(8)]
        for each in work:
            each.result()
    assert index.count(Selection()) == 4 * 5 * 10


def test_a_failed_batch_leaves_nothing(index: EmbeddedMentionIndex) -> None:
    with pytest.raises(KeyError):
        index.create_many([mention("a"), mention("b", label="wrong")])
    assert index.count(Selection()) == 0
    assert index.create_many([mention("a")]) == {"a": "batch-1"}


def test_sync_may_be_called_any_time(index: EmbeddedMentionIndex) -> None:
    index.sync()
    index.create_many([mention("m")])
    index.sync()
    assert index.get("m") is not None


def test_a_file_of_a_newer_version_is_left_alone(path: Path) -> None:
    path.parent.mkdir()
    db = apsw.Connection(str(path))
    db.execute("PRAGMA user_version=99")
    db.close()
    with pytest.raises(StorageError, match="newer version"):
        EmbeddedMentionIndex(path)


def test_what_is_no_index_is_a_clear_sentence(path: Path, tmp_path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"no database at all " * 100)
    with pytest.raises(StorageError, match="damaged") as caught:
        EmbeddedMentionIndex(path)
    assert caught.value.__cause__ is not None
    with pytest.raises(StorageError):
        EmbeddedMentionIndex(path / "below-a-file" / "search.sqlite")
    with pytest.raises(StorageError, match="rights"):
        EmbeddedMentionIndex(tmp_path)


def test_a_full_disk_is_a_clear_sentence_and_loses_nothing(index: EmbeddedMentionIndex) -> None:
    index.create_many([mention("before")])
    # The idle connection is the one that is lent next; its limit stands in for a full disk.
    with index._connections.reading() as db:
        pages = db.execute("PRAGMA page_count").get
        db.execute(f"PRAGMA max_page_count={pages}")
    with pytest.raises(StorageError, match="full"):
        index.create_many([mention(f"m{i}", "长文" * 500) for i in range(200)])
    assert index.count(Selection()) == 1
    assert index.create_many([mention("after")]) == {"after": "batch-1"}


def test_a_closed_index_says_so(path: Path) -> None:
    index = EmbeddedMentionIndex(path)
    index.close()
    index.close()
    with pytest.raises(StorageError, match="closed"):
        index.get("m")
