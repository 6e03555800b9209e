"""Whole crawls as the worker runs them: a subprocess against a real server, good and bad."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from crawlers_bad_site import MakeJob, Site, serving

from crawlers.job import CrawlJob
from crawlers.launch import CrawlProcess, run_crawl, start_crawl
from crawlers.raw import Batch
from crawlers.spool import Spool


def batches(job: CrawlJob) -> list[Batch]:
    spool = Spool(job.spool_path)
    found = []
    for path in spool.pending():
        claimed = spool.claim(path)
        assert claimed is not None
        with claimed:
            found.append(claimed.read())
    return found


def wait_until(condition: object, seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_feed_becomes_a_batch_with_its_validators(site: Site, make_job: MakeJob) -> None:
    job = make_job("/feed", contact="pr@example.cn", trusted=True)
    report = run_crawl(job)
    assert (report.status, report.items, report.error) == ("ok", 2, None)
    assert report.first_published_at == "2025-06-11T08:30:01.000Z"
    assert report.last_published_at == "2025-06-11T08:30:02.000Z"
    (batch,) = batches(job)
    assert report.batch_ids == (batch.head.id,)
    assert batch.head.etag == '"v1"' == report.etag
    assert batch.head.last_modified == "Wed, 11 Jun 2025 09:00:00 GMT"
    assert (batch.head.source_id, batch.head.trace_id, batch.head.trusted) == (
        "source_1",
        "trace_1",
        True,
    )
    first = batch.mentions[0]
    assert first.text == "星澜净化器的滤芯又涨价了 1"
    assert first.native_id == "1"
    assert first.author is not None
    assert first.author.startswith("林**·")
    assert "林小雨" not in repr(batches(job))
    assert "+pr@example.cn" in site.agents[-1]


def test_names_survive_a_machine_of_another_encoding(
    make_job: MakeJob, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONIOENCODING", "gb18030")
    job = make_job("/feed", platform="微言")
    run_crawl(job)
    (batch,) = batches(job)
    assert {mention.platform for mention in batch.mentions} == {"微言"}


def test_an_unchanged_feed_is_told_apart(make_job: MakeJob) -> None:
    job = make_job("/feed", etag='"v1"')
    report = run_crawl(job)
    assert (report.status, report.items) == ("not_modified", 0)
    assert batches(job) == []


def test_many_items_are_split_and_only_the_last_batch_has_validators(make_job: MakeJob) -> None:
    job = make_job("/big")
    report = run_crawl(job)
    assert report.items == 1200
    found = batches(job)
    assert [len(batch.mentions) for batch in found] == [500, 500, 200]
    assert [batch.head.etag for batch in found] == [None, None, '"big"']


def test_a_wrong_charset_is_seen_through(make_job: MakeJob) -> None:
    job = make_job("/gbk")
    run_crawl(job)
    assert batches(job)[0].mentions[0].text == "星澜净化器的滤芯又涨价了 1"


def test_a_cut_off_feed_gives_what_is_whole_and_no_validators(make_job: MakeJob) -> None:
    job = make_job("/truncated")
    report = run_crawl(job)
    assert (report.status, report.items, report.etag) == ("ok", 2, None)
    assert batches(job)[0].head.etag is None


def test_one_link_for_all_items_is_told_with_advice(make_job: MakeJob) -> None:
    report = run_crawl(make_job("/same-link"))
    assert report.items == 3
    assert "content" in (report.hint or "")


@pytest.mark.parametrize(
    ("path", "error", "hint"),
    [
        ("/laughs", "entities", "不是 RSS"),
        ("/page", "no RSS", "列表页"),
        ("/bomb", "8 MiB", "上限"),
        ("/gone", "HTTP 404", "页面不存在"),
        ("/forbidden", "HTTP 403", "禁止访问"),
        ("/closed", "robots.txt", "robots.txt"),
        ("/redirect", "public internet", "SHENGYU_ALLOW_PRIVATE"),
        ("/refresh", "public internet", "SHENGYU_ALLOW_PRIVATE"),
        ("/loop", "too often", "重定向"),
        ("http://no-such-host.invalid/", "no-such-host", "DNS"),
        ("http://2130706433/", "public internet", "SHENGYU_ALLOW_PRIVATE"),
    ],
)
def test_trouble_is_named_with_advice(
    site: Site, make_job: MakeJob, path: str, error: str, hint: str
) -> None:
    job = make_job(path)
    report = run_crawl(job)
    assert report.status == "error"
    assert error in (report.error or "")
    assert hint in (report.hint or "")
    assert batches(job) == []
    assert site.other is not None
    assert site.other.asked == [], "a private host was reached"


def test_an_allowed_host_is_allowed_on_the_named_port_only(site: Site, make_job: MakeJob) -> None:
    assert site.other is not None
    by_name = f"http://localhost:{site.port}/feed"
    assert run_crawl(make_job(by_name)).status == "ok"
    elsewhere = f"http://localhost:{site.other.port}/secret"
    assert "local network" in (run_crawl(make_job(elsewhere)).error or "")
    # Its port is on the list, but with another address: only the resolver can tell.
    pair = f"10.9.8.7:{site.other.port}"
    resolved = run_crawl(make_job(elsewhere, allow_private=(pair,)))
    assert "leads to 127.0.0.1" in (resolved.error or "")
    assert site.other.asked == []


def test_a_refused_connection_is_named(make_job: MakeJob) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        pair = f"127.0.0.1:{taken.getsockname()[1]}"
        report = run_crawl(make_job(f"http://{pair}/", allow_private=(pair,)))
    assert "拒绝连接" in (report.hint or "")


def test_a_busy_site_says_how_long_to_wait(site: Site, make_job: MakeJob) -> None:
    before = site.asked.count("/busy")
    report = run_crawl(make_job("/busy"))
    assert report.retry_after_s == 120
    assert site.asked.count("/busy") == before + 1, "it was asked again at once"


def test_robots_may_be_ignored_for_ones_own_site(make_job: MakeJob) -> None:
    assert run_crawl(make_job("/closed", obey_robots=False)).items == 1


def test_the_delay_that_robots_txt_asks_for_is_kept(make_job: MakeJob) -> None:
    with serving() as slow:
        slow.robots = b"User-agent: *\nCrawl-delay: 0.6\n"
        job = make_job(f"{slow.base}/list/2", kind="listing", allow_private=(slow.pair,))
        assert run_crawl(job).items == 1
        assert slow.asked[-2:] == ["/list/2", "/page/3"]
        assert slow.times[-1] - slow.times[-2] > 0.4


def test_a_listing_is_followed_page_by_page(make_job: MakeJob) -> None:
    job = make_job("/list/1", kind="listing")
    report = run_crawl(job)
    assert (report.status, report.items, report.failed_pages) == ("ok", 3, 1)
    mentions = batches(job)[0].mentions
    assert {mention.url.rsplit("/", 1)[-1] for mention in mentions if mention.url} == {
        "1",
        "2",
        "3",
    }
    story = mentions[0]
    assert story.kind == "article"
    assert story.title == "净化器滤芯涨价"
    assert story.text.split("\n")[1] == "客服回复称成本上升。"
    assert story.published_at is not None
    assert story.published_at.isoformat() == "2025-11-03T00:09:10+00:00"
    assert (story.engagement.likes, story.engagement.views) == (15000, 3456)
    assert story.engagement.shares is None


def test_a_listing_without_a_text_rule_extracts(make_job: MakeJob) -> None:
    job = make_job("/list/2", kind="listing", rules={"item": "li a"})
    run_crawl(job)
    (mention,) = batches(job)[0].mentions
    assert "滤芯上周涨价" in mention.text
    assert mention.title == "净化器滤芯涨价"


def test_a_changed_list_page_is_told_with_advice(make_job: MakeJob) -> None:
    report = run_crawl(make_job("/empty-list", kind="listing"))
    assert report.status == "error"
    assert "列表页结构可能变了" in (report.hint or "")


def test_a_wrong_rule_is_told_with_advice(make_job: MakeJob) -> None:
    report = run_crawl(make_job("/list/1", kind="listing", rules={"item": "a[["}))
    assert "item" in (report.error or "")


def test_the_page_cap_stops_a_listing_without_end(site: Site, make_job: MakeJob) -> None:
    report = run_crawl(make_job("/endless/1", kind="listing", max_pages=30))
    assert report.status == "ok"
    assert not report.complete
    assert report.pages == 30


def test_a_running_crawl_listens_on_no_port_and_stops_quickly(
    site: Site, make_job: MakeJob
) -> None:
    before = site.asked.count("/slow")
    crawl = start_crawl(make_job("/slow"))
    wait_until(lambda: site.asked.count("/slow") > before)
    assert crawl.poll() is None
    assert listening_ports(crawl.pid) == []
    began = time.monotonic()
    crawl.terminate()
    report = crawl.wait()
    assert time.monotonic() - began < 4
    assert report.status == "error"


def listening_ports(pid: int) -> list[str]:
    """The local addresses on which sockets of *pid* listen, from the kernel's own tables."""
    inodes = set()
    for handle in Path(f"/proc/{pid}/fd").iterdir():
        try:
            target = str(handle.readlink())
        except FileNotFoundError:
            continue  # closed since the listing
        if target.startswith("socket:["):
            inodes.add(target[8:-1])
    found = []
    for table in ("tcp", "tcp6", "udp", "udp6"):
        for line in Path(f"/proc/{pid}/net/{table}").read_text().splitlines()[1:]:
            fields = line.split()
            listens = fields[3] == "0A" or table.startswith("udp")
            if listens and fields[9] in inodes:
                found.append(fields[1])
    return found


def test_the_port_test_would_see_a_listener() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        found = listening_ports(os.getpid())
        assert f"0100007F:{server.getsockname()[1]:04X}" in found


def test_a_crawl_that_hangs_is_stopped_at_its_limit(make_job: MakeJob) -> None:
    report = run_crawl(make_job("/slow"), timeout_s=1.0)
    assert report.status == "error"
    assert "上限" in (report.hint or "")


def test_a_killed_crawl_leaves_whole_batches_only(
    site: Site, make_job: MakeJob, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = make_job("/big")
    monkeypatch.setenv("SHENGYU_FAULT", "spool.before-rename:2")
    report = run_crawl(job)
    assert report.status == "error"
    assert "status -9" in (report.error or "")
    assert [len(batch.mentions) for batch in batches(job)] == [500]
    assert len(list(job.spool_path.glob(".*.tmp"))) == 1, "only a staged file may be left over"
    assert batches(job)[0].head.etag is None


def test_a_crawl_killed_from_outside_leaves_whole_batches_only(make_job: MakeJob) -> None:
    job = make_job("/endless/1", kind="listing", max_pages=5000)
    crawl = start_crawl(job)
    wait_until(lambda: Spool(job.spool_path).pending())
    crawl.kill()
    assert crawl.wait().status == "error"
    assert all(len(batch.mentions) == 500 for batch in batches(job))


def test_a_crawl_dies_with_its_parent(site: Site, make_job: MakeJob) -> None:
    before = site.asked.count("/slow")
    program = (
        "import sys, time\nfrom crawlers.job import CrawlJob\n"
        "from crawlers.launch import start_crawl\n"
        "print(start_crawl(CrawlJob.from_json(sys.stdin.readline())).pid, flush=True)\n"
        "time.sleep(60)\n"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", program],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=Path(__file__).resolve().parents[2],
    )
    with parent:
        assert parent.stdin is not None
        assert parent.stdout is not None
        parent.stdin.write(make_job("/slow").to_json().encode() + b"\n")
        parent.stdin.flush()
        pid = int(parent.stdout.readline())
        wait_until(lambda: site.asked.count("/slow") > before)
        parent.send_signal(signal.SIGKILL)
    wait_until(lambda: gone(pid), 6)


def gone(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"
    except FileNotFoundError:
        return True


def test_several_crawls_run_side_by_side(make_job: MakeJob, tmp_path: Path) -> None:
    crawls: list[CrawlProcess] = [
        start_crawl(make_job("/feed", spool=str(tmp_path / str(number)))) for number in range(3)
    ]
    assert [crawl.wait().items for crawl in crawls] == [2, 2, 2]
