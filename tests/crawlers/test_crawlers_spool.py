"""The spool: whole batches or none, one owner at a time, and nothing read that is broken."""

import os
import resource
import signal
import subprocess
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.errors import StorageError
from crawlers.raw import Batch, BatchHead, RawMention
from crawlers.spool import MAX_MENTIONS, PoisonBatch, Spool
from storage.mentions import Engagement

NOW = datetime(2026, 3, 10, 7, 30, 0, 123456, tzinfo=UTC)
MENTION = RawMention(
    platform="weibo",
    text="星澜净化器\n滤芯涨价",
    detected_at=NOW,
    native_id="1",
    url="https://weibo.example/1",
    title="涨价",
    author="林**·3fa2",
    published_at=NOW,
    engagement=Engagement(likes=3),
)
HEAD = BatchHead(
    id="batch_1",
    trace_id="trace_1",
    fetched_at=NOW,
    source_id="source_1",
    etag='"v1"',
    invalid=((3, "不是 JSON"),),
)
BATCH = Batch(HEAD, (MENTION, replace(MENTION, native_id=None, published_at=None)))


@pytest.fixture
def spool(tmp_path: Path) -> Spool:
    return Spool(tmp_path / "spool")


def test_a_batch_comes_back_as_it_was(spool: Spool) -> None:
    path = spool.put(BATCH)
    claimed = spool.claim(path)
    assert claimed is not None
    with claimed:
        assert claimed.read() == BATCH
        assert claimed.read() == BATCH


def test_separators_that_are_no_line_feed_stay_inside_a_text(spool: Spool) -> None:
    text = "星澜\u2028净化器\u2029滤芯\x85涨价\x0b\x0c\x1c\x1d\x1e。"
    path = spool.put(replace(BATCH, mentions=(replace(MENTION, text=text, title=text),)))
    claimed = spool.claim(path)
    assert claimed is not None
    with claimed:
        (mention,) = claimed.read().mentions
    assert (mention.text, mention.title) == (text, text)


def test_the_oldest_comes_first(spool: Spool) -> None:
    paths = [spool.put(replace(BATCH, head=replace(HEAD, id=f"batch_{n}"))) for n in "cab"]
    assert spool.pending() == paths
    assert spool.backlog() == (3, sum(path.stat().st_size for path in paths))


def test_a_claimed_batch_is_not_given_twice(spool: Spool) -> None:
    path = spool.put(BATCH)
    first = spool.claim(path)
    assert first is not None
    assert spool.claim(path) is None
    first.close()
    again = spool.claim(path)
    assert again is not None
    again.delete()
    assert spool.pending() == []
    assert spool.claim(path) is None


def test_a_claim_on_a_file_that_was_finished_meanwhile_is_none(spool: Spool) -> None:
    path = spool.put(BATCH)
    path.unlink()
    assert spool.claim(path) is None


def test_a_killed_worker_frees_its_claim(spool: Spool) -> None:
    path = spool.put(BATCH)
    program = (
        "import sys, time\nfrom pathlib import Path\nfrom crawlers.spool import Spool\n"
        "held = Spool(Path(sys.argv[1]).parent).claim(Path(sys.argv[1]))\n"
        "print(held is not None, flush=True)\ntime.sleep(60)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, str(path)],
        stdout=subprocess.PIPE,
        cwd=Path(__file__).resolve().parents[2],
    ) as worker:
        assert worker.stdout is not None
        assert worker.stdout.readline() == b"True\n"
        assert spool.claim(path) is None
        worker.send_signal(signal.SIGKILL)
    claimed = spool.claim(path)
    assert claimed is not None
    claimed.close()


@pytest.mark.parametrize(
    "content",
    [b"", b"{}\n", b"\x00\xff\n", b"[1]\n", b'{"schema": 1, "count": 0}\n'],
)
def test_a_file_that_cannot_be_read_is_poison(spool: Spool, content: bytes) -> None:
    path = spool.put(BATCH)
    path.write_bytes(content)
    claimed = spool.claim(path)
    assert claimed is not None
    with pytest.raises(PoisonBatch) as caught:
        claimed.read()
    kept = claimed.set_aside(str(caught.value))
    assert spool.pending() == []
    assert kept.read_bytes() == content
    assert kept.with_name(f"{kept.name}.reason.txt").read_text(encoding="utf-8").strip()


def test_a_shortened_file_and_another_schema_are_poison(spool: Spool) -> None:
    path = spool.put(BATCH)
    whole = path.read_bytes()
    for content in (
        b"".join(whole.splitlines(keepends=True)[:-1]),
        whole.replace(b'"schema":1', b'"schema":9'),
    ):
        path.write_bytes(content)
        claimed = spool.claim(path)
        assert claimed is not None
        with claimed, pytest.raises(PoisonBatch):
            claimed.read()


def test_a_full_disk_leaves_no_half_file(spool: Spool) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, hard))
    try:
        with pytest.raises(StorageError, match="full"):
            spool.put(BATCH)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert list(spool.path.iterdir()) == []


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(StorageError, match="Cannot write"):
        Spool(tmp_path / "file").put(BATCH)


def test_too_large_a_batch_is_the_callers_mistake(spool: Spool) -> None:
    with pytest.raises(ValueError, match="split"):
        spool.put(Batch(HEAD, (MENTION,) * (MAX_MENTIONS + 1)))


def test_lone_surrogates_do_not_stop_a_batch(spool: Spool) -> None:
    spool.put(Batch(HEAD, (replace(MENTION, text="坏\ud800字"),)))
    assert len(spool.pending()) == 1


def test_only_old_staged_files_are_swept(spool: Spool) -> None:
    spool.path.mkdir()
    old, young = spool.path / ".old.jsonl.tmp", spool.path / ".young.jsonl.tmp"
    old.touch()
    young.touch()
    hours_ago = time.time() - 7200
    os.utime(old, (hours_ago, hours_ago))
    assert spool.sweep() == 1
    assert young.exists()
    assert spool.pending() == []
