"""A spool on a disk that is really full, and batches that were set aside and come back."""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from crawlers_bad_site import MakeJob

from core.errors import StorageError
from crawlers.batching import Batcher
from crawlers.launch import run_crawl
from crawlers.outcome import Outcome
from crawlers.raw import Batch, BatchHead, RawMention
from crawlers.spool import Spool

NOW = datetime(2026, 3, 10, 7, 30, tzinfo=UTC)
BATCH = Batch(
    BatchHead(id="batch_1", trace_id="trace_1", fetched_at=NOW),
    tuple(
        RawMention("weibo", f"星澜净化器 {number} " * 20, NOW, native_id=str(number))
        for number in range(200)
    ),
)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 64 KiB of its own; only root may mount one."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = shutil.which("mount")
    options = ["-t", "tmpfs", "-o", "size=64k", "tmpfs", str(place)]
    if os.geteuid() != 0 or mount is None:
        pytest.skip("only root can mount a small disk")
    if subprocess.run([mount, *options], capture_output=True, check=False).returncode:
        pytest.skip("this machine does not let root mount a disk")
    try:
        yield place
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)


def enlarge(disk: Path) -> None:
    subprocess.run(["mount", "-o", "remount,size=4m", str(disk)], check=True)


def test_a_full_disk_keeps_what_was_there_and_takes_more_once_there_is_room(
    small_disk: Path,
) -> None:
    spool = Spool(small_disk / "spool")
    small = replace(BATCH, mentions=BATCH.mentions[:5])
    kept = spool.put(small)
    with pytest.raises(StorageError, match="full"):
        spool.put(BATCH)
    assert list(spool.path.iterdir()) == [kept], "a half file stayed"
    enlarge(small_disk)
    spool.put(BATCH)
    for path, batch in zip(spool.pending(), (small, BATCH), strict=True):
        claimed = spool.claim(path)
        assert claimed is not None
        with claimed:
            assert claimed.read() == batch


def test_a_batch_that_found_no_room_is_no_part_of_the_report(
    small_disk: Path, make_job: MakeJob
) -> None:
    outcome = Outcome()
    batcher = Batcher(make_job("/feed", spool=str(small_disk / "spool")), outcome)
    for mention in BATCH.mentions:
        batcher.add(mention)
    with pytest.raises(StorageError, match="full"):
        batcher.close()
    assert outcome.batch_ids == []
    assert Spool(small_disk / "spool").backlog() == (0, 0)


def test_a_crawl_does_not_begin_on_a_disk_that_is_almost_full(
    small_disk: Path, make_job: MakeJob
) -> None:
    report = run_crawl(make_job("/feed", spool=str(small_disk / "spool")))
    assert report.status == "error"
    assert "MiB free" in (report.error or "")
    assert "磁盘" in (report.hint or "")
    assert report.etag is None
    assert Spool(small_disk / "spool").pending() == []


def test_a_disk_with_room_is_no_trouble(tmp_path: Path) -> None:
    Spool(tmp_path / "not" / "made" / "yet").check_room()


def test_what_was_set_aside_is_listed_with_its_reason_and_can_be_put_back(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "spool")
    assert spool.poisoned() == []
    assert spool.put_back() == 0
    path = spool.put(BATCH)
    whole = path.read_bytes()
    path.write_bytes(b"?" + whole)
    claimed = spool.claim(path)
    assert claimed is not None
    claimed.set_aside("not a spool file")

    (poisoned,) = spool.poisoned()
    assert (poisoned.reason, poisoned.bytes) == ("not a spool file", len(whole) + 1)
    assert abs(poisoned.at.timestamp() - time.time()) < 60
    assert spool.pending() == []

    poisoned.file.write_bytes(whole)
    assert spool.put_back() == 1
    assert spool.poisoned() == []
    assert list((spool.path / "poison").iterdir()) == []
    again = spool.claim(path)
    assert again is not None
    with again:
        assert again.read() == BATCH


def test_a_reason_that_was_lost_hides_no_batch(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "spool")
    (spool.path / "poison").mkdir(parents=True)
    (spool.path / "poison" / "1.jsonl").write_bytes(b"?")
    assert [(poisoned.reason, poisoned.bytes) for poisoned in spool.poisoned()] == [("", 1)]
