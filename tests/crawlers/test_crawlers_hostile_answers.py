"""Answers that are bombs, half, endless or nonsense: told with advice, and soon over."""

import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from crawlers_bad_site import MakeJob
from crawlers_hostile_site import HostileSite, hostility

from crawlers.job import CrawlReport
from crawlers.launch import start_crawl
from crawlers.spool import Spool

MOST_MEMORY = 150 * 1024 * 1024
Crawl = Callable[..., tuple[CrawlReport, int]]


@pytest.fixture(scope="module")
def hostile() -> Iterator[HostileSite]:
    with hostility() as site:
        yield site


@pytest.fixture
def crawl(hostile: HostileSite, make_job: MakeJob) -> Crawl:
    """Crawl a path in a real subprocess; return its report and the peak of its memory."""

    def run(path: str, **fields: object) -> tuple[CrawlReport, int]:
        given = {"allow_private": (hostile.pair,), "max_seconds": 5.0} | fields
        process = start_crawl(make_job(f"{hostile.base}{path}", **given))
        peak = 0
        while (report := process.poll()) is None:
            peak = max(peak, peak_of(process.pid))
            time.sleep(0.01)
        return report, peak

    return run


def peak_of(pid: int) -> int:
    """The most memory that *pid* has held (VmHWM), in bytes; 0 once it has ended."""
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    except (FileNotFoundError, ProcessLookupError):
        return 0
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    return int(found[1]) * 1024 if found else 0


@pytest.mark.parametrize(
    ("path", "error"),
    [
        ("/gzip", "8 MiB when unpacked"),
        ("/deflate", "8 MiB when unpacked"),
        ("/br", "8 MiB when unpacked"),
        ("/zstd", "8 MiB when unpacked"),
        ("/nested", "8 MiB when unpacked"),
        ("/plain-300", "/plain-300"),
        ("/told-300", "larger than download max size"),
        ("/laughs", "entities"),
        ("/quadratic", "entities"),
        ("/many-headers", "header lines without end"),
        ("/long-header", "/long-header"),
    ],
)
def test_a_bomb_takes_little_memory_and_gives_nothing(
    crawl: Crawl, tmp_path: Path, path: str, error: str
) -> None:
    report, peak = crawl(path)
    assert report.status == "error"
    assert error in (report.error or "")
    assert report.hint
    assert 0 < peak < MOST_MEMORY
    assert Spool(tmp_path / "spool").backlog() == (0, 0)


@pytest.mark.parametrize(
    ("path", "hint"),
    [
        ("/drip-body", "超时"),
        ("/drip-head", "超时"),
        ("/endless", "超时"),
        ("/silent", "超时"),
        ("/reset", "没有传完"),
        ("/promises-more", "没有传完"),
        ("/chunks", "没有传完"),
        ("/cut-chunks", "没有传完"),
        ("/no-number", "连接中断"),
        ("/two-lengths", "连接中断"),
        ("/no-http", "连接中断"),
        ("/nothing", "连接中断"),
        ("/no-gzip", "压缩内容"),
    ],
)
def test_what_does_not_come_whole_is_fetched_again_next_time(
    crawl: Crawl, tmp_path: Path, path: str, hint: str
) -> None:
    report, _ = crawl(path, max_seconds=2.0)
    assert report.status == "error"
    assert hint in (report.hint or "")
    assert (report.items, report.etag, report.complete) == (0, None, False)
    assert Spool(tmp_path / "spool").backlog() == (0, 0)


@pytest.mark.parametrize("path", ["/promises-less", "/cut-gzip"])
def test_of_a_feed_that_was_cut_the_whole_entries_are_taken_and_no_validators(
    crawl: Crawl, path: str
) -> None:
    report, _ = crawl(path)
    assert (report.status, report.items, report.complete) == ("ok", 1, False)
    assert report.etag is None


def test_tags_without_end_are_no_crash(crawl: Crawl) -> None:
    report, peak = crawl("/deep", max_seconds=20.0)
    assert report.items == 0
    assert peak < 3 * MOST_MEMORY


def test_no_cookie_is_ever_sent_back(hostile: HostileSite, crawl: Crawl) -> None:
    seen = len(hostile.heads)
    report, _ = crawl("/list", kind="listing")
    assert report.items == 3
    heads = hostile.heads[seen:]
    assert len(heads) >= 4
    assert not [head for head in heads if "cookie" in head.lower()]


def test_not_modified_that_nobody_asked_for_stores_nothing(crawl: Crawl, tmp_path: Path) -> None:
    report, _ = crawl("/unasked")
    assert (report.items, report.etag) == (0, None)
    assert Spool(tmp_path / "spool").backlog() == (0, 0)


def test_of_a_hostile_host_only_what_was_asked_for_is_asked(
    hostile: HostileSite, crawl: Crawl
) -> None:
    seen = len(hostile.asked)
    crawl("/reset")
    assert hostile.asked[seen:] == ["/robots.txt", "/reset"], "a broken page was asked for again"
