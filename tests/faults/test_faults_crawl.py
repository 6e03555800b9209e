"""Crawls and workers that are killed while they crawl: each mention arrives once, none is lost."""

import os
import random
import signal
import time
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import func, select

from api.wiring import Service
from core.faults import POINTS
from crawlers.addresses import AllowList
from crawlers.sources import SourceInput, add_source, run_now
from storage.records.cases import CaseMention, OutboxMessage
from storage.records.watch import BatchReceipt, Source
from storage.search import Selection
from tests.faults.conftest import Mailbox
from tests.faults.crawl_site import COPIES, CrawlSite, crawl_site
from tests.faults.processes import Installation, wait_until

LONG = os.environ.get("SHENGYU_LONG_FAULTS") == "1"
ARTICLES, ENTRIES, KILLS = (2000, 1200, 24) if LONG else (700, 600, 4)
ALL_POINTS = [point for point in POINTS if point.startswith(("spool.", "ingest."))]
FAULTS = (
    ALL_POINTS if LONG else ["spool.before-rename:2", "spool.after-rename", "ingest.after-index"]
)

pytestmark = pytest.mark.faults


@pytest.fixture
def site(installation: Installation) -> Iterator[CrawlSite]:
    """The site, which the installation's crawls may reach."""
    with crawl_site(ARTICLES, ENTRIES) as made:
        installation.environment["SHENGYU_ALLOW_PRIVATE"] = made.pair
        yield made


@pytest.fixture
def sources(service: Service, site: CrawlSite) -> list[str]:
    """A listing and a feed of the site; the ids."""
    rules = {"item": "ul li a", "next": "a.next", "title": "h1::text", "text": "div.body p::text"}
    listing = SourceInput(
        "列表",
        "listing",
        f"{site.base}/list/0",
        "forum",
        identity="url",
        rules=rules,
        interval_s=86_400,
        delay_s=0.0,
        max_pages=5000,
    )
    feed = SourceInput("订阅", "feed", f"{site.base}/feed", "forum", interval_s=86_400, delay_s=0.0)
    allow = AllowList.parse([site.pair])
    with service.records.write() as session:
        return [
            add_source(session, each, allow, "test", service.clock, service.ids).id
            for each in (listing, feed)
        ]


def crawls_of(worker: int) -> list[int]:
    """The crawl processes that *worker* has started and that still run."""
    found = []
    for task in Path(f"/proc/{worker}/task").glob("*/children"):
        try:
            children = [int(pid) for pid in task.read_text().split()]
            found += [
                pid
                for pid in children
                if b"crawlers.run" in Path(f"/proc/{pid}/cmdline").read_bytes()
            ]
        except (FileNotFoundError, ProcessLookupError):
            continue  # it ended meanwhile
    return found


def has_crawl(worker: int, wanted: bool) -> bool:
    return bool(crawls_of(worker)) == wanted


def poll_again(service: Service, sources: list[str]) -> None:
    with service.records.write() as session:
        for source in sources:
            run_now(session, source, "test", service.clock)


def polled(service: Service, since: datetime) -> bool:
    """Whether every source was read to its end since then, and all of it has arrived."""
    with service.records.read() as session:
        rows = session.scalars(select(Source)).all()
        waiting = session.scalar(
            select(func.count()).select_from(OutboxMessage).where(OutboxMessage.state != "sent")
        )
    done = all(row.last_success_at is not None and row.last_success_at > since for row in rows)
    return done and not service.spool.pending() and not waiting


def assert_each_once(service: Service, mailbox: Mailbox, mentions: int, mailed_twice: int) -> None:
    assert service.index.count(Selection()) == mentions
    found = [mention.id for mention in service.index.scan(Selection())]
    assert len(set(found)) == len(found) == mentions
    with service.records.read() as session:
        receipts = session.scalars(select(BatchReceipt)).all()
        members = session.scalars(select(CaseMention)).all()
        mails = session.scalars(select(OutboxMessage)).all()
    assert sum(receipt.new for receipt in receipts) == mentions
    for receipt in receipts:
        parts = receipt.new + receipt.duplicate + receipt.dropped + receipt.invalid
        assert receipt.read == parts
    assert len({member.case_id for member in members}) == 1, "a case was opened twice"
    assert len({member.mention_id for member in members}) == len(members) == 2 * COPIES
    assert len({mail.dedupe for mail in mails}) == len(mails)
    assert set(mailbox.received) == {(mail.recipient, mail.message_id) for mail in mails}
    assert sum(times > 1 for times in mailbox.received.values()) <= mailed_twice


@pytest.mark.timeout(1500)
def test_crawls_and_workers_killed_at_random_bring_each_mention_once(
    service: Service,
    installation: Installation,
    mailbox: tuple[Mailbox, int],
    site: CrawlSite,
    sources: list[str],
) -> None:
    chance = random.Random(5)
    killed: Counter[str] = Counter()
    worker = installation.start("work")
    for _ in range(KILLS):
        wait_until(partial(has_crawl, worker.pid, True), 60, "a crawl")
        time.sleep(chance.uniform(0.3, 3.0))
        crawls = crawls_of(worker.pid)
        if crawls and killed["crawl"] <= killed["worker"]:
            os.kill(crawls[0], signal.SIGKILL)
            killed["crawl"] += 1
            wait_until(partial(has_crawl, worker.pid, False), 30, "the end of the crawl")
        else:
            worker.send_signal(signal.SIGKILL)
            worker.wait()
            killed["worker"] += 1
            worker = installation.start("work")
        time.sleep(0.6)  # the crawl's end is noted before the next is asked for
        poll_again(service, sources)
    began = service.clock.now()
    poll_again(service, sources)
    wait_until(lambda: polled(service, began), 240, "the last crawls")
    assert_each_once(service, mailbox[0], ARTICLES + ENTRIES, killed["worker"])
    assert min(killed["crawl"], killed["worker"]) > 0

    asked = site.articles_asked()
    site.entries += 1
    began = service.clock.now()
    poll_again(service, sources)
    wait_until(lambda: polled(service, began), 60, "one more poll")
    assert site.articles_asked() == asked, "a page that was read was asked for again"
    assert_each_once(service, mailbox[0], ARTICLES + ENTRIES + 1, killed["worker"])


@pytest.mark.timeout(600)
@pytest.mark.parametrize("fault", FAULTS)
def test_what_a_kill_left_out_comes_with_the_next_poll(
    fault: str,
    service: Service,
    installation: Installation,
    mailbox: tuple[Mailbox, int],
    site: CrawlSite,
    sources: list[str],
) -> None:
    worker = installation.start("work", fault=fault)
    if fault.startswith("spool."):
        wait_until(lambda: _failed(service, sources), 60, f"a crawl killed at {fault}")
        worker.send_signal(signal.SIGKILL)
    assert worker.wait(60) == -signal.SIGKILL, installation.log()

    began = service.clock.now()
    poll_again(service, sources)
    installation.start("work")
    wait_until(lambda: polled(service, began), 240, f"the polls after {fault}")
    assert_each_once(service, mailbox[0], ARTICLES + ENTRIES, 1)


def _failed(service: Service, sources: list[str]) -> bool:
    with service.records.read() as session:
        return any(session.get_one(Source, source).failures for source in sources)
