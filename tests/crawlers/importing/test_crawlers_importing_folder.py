"""A watched folder: each file once, a changed one again, nothing outside of it."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from importing_tables import row, write

from core.errors import InvalidInput
from crawlers.batching import Batcher
from crawlers.importing import folder as folder_module
from crawlers.importing.folder import inbox_folder, visit_folder
from crawlers.job import CrawlJob, CrawlReport
from crawlers.launch import child_environment
from crawlers.outcome import Outcome
from crawlers.raw import Batch
from crawlers.spool import Spool

Visit = Callable[..., tuple[CrawlReport, list[Batch]]]
POST = {"内容": "星澜净化器", "作者": "林小雨"}


@pytest.fixture
def box(tmp_path: Path) -> Path:
    """The folder that is watched."""
    return tmp_path / "inbox" / "exports"


def job(tmp_path: Path, **fields: Any) -> CrawlJob:
    given: dict[str, Any] = {
        "source_id": "source_1",
        "source_name": "收件",
        "kind": "folder",
        "url": "",
        "platform": "weibo",
        "spool": str(tmp_path / "spool"),
        "trace_id": "trace_1",
        "pseudonym_key": "00ff",
        "inbox": str(tmp_path / "inbox"),
        "rules": {"folder": "exports"},
        "max_seconds": 20.0,
    }
    return CrawlJob(**(given | fields))


@pytest.fixture
def visit(tmp_path: Path) -> Visit:
    """Visit the folder and take what came into the spool."""

    def run(**fields: Any) -> tuple[CrawlReport, list[Batch]]:
        told, outcome = job(tmp_path, **fields), Outcome()
        batcher = Batcher(told, outcome)
        visit_folder(told, batcher, outcome)
        batcher.close()
        return outcome.report(), _taken(tmp_path)

    return run


def _taken(tmp_path: Path) -> list[Batch]:
    found = []
    spool = Spool(tmp_path / "spool")
    for path in spool.pending():
        claimed = spool.claim(path)
        assert claimed is not None
        with claimed:
            found.append(claimed.read())
            claimed.delete()
    return found


def settled(path: Path, seconds: float = 60.0) -> Path:
    """Make *path* look as if it was written a while ago."""
    at = time.time() - seconds
    os.utime(path, (at, at))
    return path


def visited(batches: list[Batch]) -> tuple[str, ...]:
    return tuple(key for batch in batches for key in batch.head.visited)


def texts(batches: list[Batch]) -> list[str]:
    return [mention.text for batch in batches for mention in batch.mentions]


def test_a_file_is_read_once(visit: Visit, box: Path) -> None:
    settled(write(box / "a.csv", [POST]))
    report, batches = visit()
    assert (report.status, report.items, texts(batches)) == ("ok", 1, ["星澜净化器"])
    assert batches[0].mentions[0].author.startswith("林**·")
    again, nothing = visit(known=visited(batches))
    assert (again.status, nothing) == ("not_modified", [])


def test_a_file_that_grew_is_read_again(visit: Visit, box: Path) -> None:
    settled(write(box / "a.csv", [POST]))
    known = visited(visit()[1])
    settled(write(box / "a.csv", [POST, {"内容": "第二条", "作者": ""}]), 30)
    assert texts(visit(known=known)[1]) == ["星澜净化器", "第二条"]


def test_a_file_that_is_still_written_waits(visit: Visit, box: Path) -> None:
    write(box / "a.csv", [POST])
    settled(write(box / "b.csv", [POST]).rename(box / "b.csv.part"))
    report, batches = visit()
    assert (report.status, batches) == ("not_modified", [])


def test_an_empty_folder_is_made_and_well(visit: Visit, box: Path) -> None:
    report, batches = visit()
    assert (report.status, batches) == ("not_modified", [])
    assert box.is_dir()


def test_a_file_that_cannot_be_read_is_told_once(visit: Visit, box: Path) -> None:
    box.mkdir(parents=True)
    (box / "a.xlsx").write_bytes(b"PK broken")
    settled(box / "a.xlsx")
    settled(write(box / "b.csv", [POST]))
    report, batches = visit()
    assert report.status == "ok"
    assert "a.xlsx" in str(report.error)
    assert texts(batches) == ["星澜净化器"]
    assert visit(known=visited(batches))[0].status == "not_modified"


def test_posts_of_an_earlier_visit_are_the_parents_of_comments(visit: Visit, box: Path) -> None:
    settled(write(box / "contents.jsonl", [row("xhs", "contents")]))
    known = visited(visit()[1])
    settled(write(box / "comments.jsonl", [row("xhs", "comments")]))
    _, [batch] = visit(known=known)
    [comment] = batch.mentions
    assert (comment.kind, comment.title) == ("comment", "星澜净化器使用感受")


def test_a_long_file_goes_on_where_the_time_was_up(
    visit: Visit, box: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folder_module, "_ROWS_A_PART", 10)
    settled(write(box / "a.csv", [{"内容": f"第{n}条"} for n in range(35)]))
    report, first = visit(max_seconds=0.0)
    assert texts(first) == [f"第{n}条" for n in range(10)]
    assert not report.complete
    report, rest = visit(known=visited(first))
    assert texts(rest) == [f"第{n}条" for n in range(10, 35)]
    assert visit(known=visited([*first, *rest]))[0].status == "not_modified"


def test_rows_that_cannot_be_read_are_a_hint(visit: Visit, box: Path) -> None:
    settled(write(box / "a.csv", [POST, {"内容": "", "作者": "x"}]))
    report, _ = visit()
    assert "第 3 行" in str(report.hint)


def test_links_are_not_followed(visit: Visit, box: Path, tmp_path: Path) -> None:
    secret = settled(write(tmp_path / "outside" / "a.csv", [POST]))
    box.mkdir(parents=True)
    (box / "link.csv").symlink_to(secret)
    (box / "below").symlink_to(secret.parent)
    assert visit()[1] == []


@pytest.mark.parametrize("name", ["", "..", ".", "../x", "a/b", "/etc", ".ssh", None, 7, "a\x00"])
def test_no_other_folder_is_opened(tmp_path: Path, name: object) -> None:
    with pytest.raises(InvalidInput):
        inbox_folder(str(tmp_path), name)


def test_a_link_in_the_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "exports").symlink_to("/etc")
    with pytest.raises(InvalidInput):
        inbox_folder(str(tmp_path), "exports")


def test_the_crawl_process_reads_a_folder(box: Path, tmp_path: Path) -> None:
    settled(write(box / "a.csv", [POST]))
    ended = subprocess.run(
        [sys.executable, "-m", "crawlers.run"],
        input=job(tmp_path).to_json().encode(),
        capture_output=True,
        check=True,
        timeout=60,
        env=child_environment(),
    )
    assert CrawlReport.from_json(ended.stdout.decode()).items == 1
    assert texts(_taken(tmp_path)) == ["星澜净化器"]
