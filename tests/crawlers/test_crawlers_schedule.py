"""The scheduler against a real database; the crawls themselves are told by hand."""

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from crawlers_bad_site import Site
from sqlalchemy import update

import crawlers.visit
from core.clock import FixedClock
from core.ids import Ids
from crawlers.job import CrawlJob, CrawlReport
from crawlers.schedule import Scheduler, job_for
from crawlers.spool import Spool
from storage.records import Records
from storage.records.watch import Source

NOW = datetime(2026, 7, 1, 8, 0, tzinfo=UTC)
INTERVAL = timedelta(seconds=900)


class ToldCrawl:
    """A crawl under way that ends with the report it is told."""

    def __init__(self, job: CrawlJob) -> None:
        self.job = job
        self.report: CrawlReport | None = None
        self.terminated = self.killed = self.stuck = False

    def poll(self) -> CrawlReport | None:
        return self.report

    def terminate(self) -> None:
        self.terminated = True
        if not self.stuck:
            self.report = self.report or CrawlReport("ok", complete=False)

    def kill(self) -> None:
        self.killed = True

    def wait(self) -> CrawlReport:
        assert self.killed
        return CrawlReport("error")


class Yard:
    """A database of sources, a scheduler over them and the crawls that it started."""

    def __init__(self, records: Records, folder: Path) -> None:
        self.records = records
        self.clock = FixedClock(NOW)
        self.crawls: list[ToldCrawl] = []
        self.spread = 0.0
        self.spool = folder / "spool"

    def scheduler(self, parallel: int = 2) -> Scheduler:
        return Scheduler(
            self.records, self.job, self.clock, parallel=parallel, spread=lambda: self.spread
        )

    def start(self, job: CrawlJob) -> ToldCrawl:
        self.crawls.append(ToldCrawl(job))
        return self.crawls[-1]

    def job(self, source: Source) -> CrawlJob:
        return job_for(
            source,
            ids=Ids(),
            spool=str(self.spool),
            pseudonym_key="00ff",
            timezone="Asia/Shanghai",
            contact="pr@example.cn",
            allow_private=("127.0.0.1:1200",),
        )

    def add(self, name: str = "a", **fields: Any) -> None:
        given: dict[str, Any] = {
            "id": name,
            "name": name,
            "kind": "feed",
            "url": f"https://example.cn/{name}",
            "platform": "weibo",
            "identity": "native_id",
            "interval_s": int(INTERVAL.total_seconds()),
            "delay_s": 0.0,
            "created_at": NOW,
            "next_due_at": NOW,
        }
        with self.records.write() as session:
            session.add(Source(**(given | fields)))

    def source(self, name: str = "a") -> Source:
        with self.records.read() as session:
            return session.get_one(Source, name)

    def change(self, **values: Any) -> None:
        with self.records.write() as session:
            session.execute(update(Source).values(**values))

    def pause_after(self, scheduler: Scheduler, *reports: CrawlReport) -> timedelta:
        """Let one crawl after another end as told; return the pause after the last."""
        for report in reports:
            self.clock.at = max(self.clock.at, self.source().next_due_at)
            scheduler.step()
            self.crawls[-1].report = report
            scheduler.step()
        return self.source().next_due_at - self.clock.now()


@pytest.fixture
def yard(records: Records, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Yard:
    made = Yard(records, tmp_path)
    monkeypatch.setattr(crawlers.visit, "start_crawl", made.start)
    return made


OK = CrawlReport("ok", items=3, pages=1)
UNCHANGED = CrawlReport("not_modified", pages=1)
FAILED = CrawlReport("error", error="HTTP 500", hint="对方服务器出错")


def test_what_is_due_is_crawled_and_settled(yard: Yard) -> None:
    yard.add()
    scheduler = yard.scheduler()
    assert scheduler.step()
    assert yard.source().last_started_at == NOW
    assert not scheduler.step()
    yard.crawls[0].report = OK
    yard.clock.advance(timedelta(seconds=10))
    assert scheduler.step()
    source = yard.source()
    assert (source.failures, source.last_error) == (0, None)
    assert source.last_success_at == NOW + timedelta(seconds=10)
    assert source.next_due_at == NOW + timedelta(seconds=10) + INTERVAL
    assert source.lease_until is None
    assert not scheduler.step()
    assert len(yard.crawls) == 1


def test_a_paused_source_and_one_not_yet_due_are_left_alone(yard: Yard) -> None:
    yard.add("paused", enabled=False)
    yard.add("later", next_due_at=NOW + timedelta(seconds=1))
    assert not yard.scheduler().step()
    assert yard.crawls == []


def test_at_most_so_many_crawls_run_beside_each_other(yard: Yard) -> None:
    for name in "abc":
        yard.add(name)
    scheduler = yard.scheduler(parallel=2)
    scheduler.step()
    scheduler.step()
    assert len(yard.crawls) == 2
    yard.crawls[0].report = OK
    scheduler.step()
    scheduler.step()
    assert len(yard.crawls) == 3


def test_two_schedulers_never_crawl_one_source_together(yard: Yard) -> None:
    yard.add()
    first, second = yard.scheduler(), yard.scheduler()
    first.step()
    second.step()
    assert len(yard.crawls) == 1


def test_an_unchanged_source_counts_as_a_success(yard: Yard) -> None:
    yard.add(etag='"v1"', failures=2)
    assert yard.pause_after(yard.scheduler(), UNCHANGED) == INTERVAL
    assert (yard.source().failures, yard.source().etag) == (0, '"v1"')
    assert yard.source().last_success_at == yard.clock.now()


def test_pauses_double_with_every_failure_and_end_with_the_first_success(yard: Yard) -> None:
    yard.add()
    scheduler = yard.scheduler()
    assert yard.pause_after(scheduler, FAILED) == 2 * INTERVAL
    assert yard.pause_after(scheduler, FAILED) == 4 * INTERVAL
    source = yard.source()
    assert (source.failures, source.last_error) == (2, "HTTP 500")
    assert (source.last_hint, source.last_success_at) == ("对方服务器出错", None)
    assert yard.pause_after(scheduler, OK) == INTERVAL
    assert (yard.source().failures, yard.source().last_error) == (0, None)


def test_a_pause_after_failures_ends_at_six_hours(yard: Yard) -> None:
    yard.add()
    assert yard.pause_after(yard.scheduler(), *[FAILED] * 15) == timedelta(hours=6)


def test_a_source_with_a_long_interval_is_not_asked_more_often_when_it_fails(yard: Yard) -> None:
    yard.add(interval_s=86_400)
    assert yard.pause_after(yard.scheduler(), FAILED) == timedelta(days=1)


def test_polls_spread_by_up_to_a_tenth_of_the_interval(yard: Yard) -> None:
    yard.add()
    yard.spread = 0.5
    assert yard.pause_after(yard.scheduler(), OK) == INTERVAL * 1.05


@pytest.mark.parametrize(("asked", "pause"), [(3600, 3600), (5, 1800)])
def test_a_site_is_never_asked_before_the_moment_it_named(
    yard: Yard, asked: int, pause: int
) -> None:
    yard.add()
    report = CrawlReport("error", error="HTTP 429", retry_after_s=asked)
    assert yard.pause_after(yard.scheduler(), report) == timedelta(seconds=pause)


def test_a_crawl_that_runs_on_keeps_its_lease(yard: Yard) -> None:
    yard.add()
    scheduler = yard.scheduler()
    scheduler.step()
    first = yard.source().lease_until
    yard.clock.advance(timedelta(seconds=10))
    scheduler.step()
    assert yard.source().lease_until == first
    yard.clock.advance(timedelta(seconds=11))
    scheduler.step()
    renewed = yard.source().lease_until
    assert first is not None
    assert renewed is not None
    assert renewed > first


def test_who_lost_the_lease_stops_its_crawl_and_writes_nothing(yard: Yard) -> None:
    yard.add()
    slow, quick = yard.scheduler(), yard.scheduler()
    slow.step()
    yard.change(lease_until=datetime.now(UTC) - timedelta(seconds=1))
    quick.step()
    assert len(yard.crawls) == 2
    yard.clock.advance(timedelta(seconds=21))
    slow.step()
    assert yard.crawls[0].terminated
    assert not yard.crawls[1].terminated
    yard.crawls[1].report = OK
    quick.step()
    assert yard.source().last_success_at == yard.clock.now()


def test_a_late_report_of_a_lost_lease_changes_nothing(yard: Yard) -> None:
    yard.add()
    slow, quick = yard.scheduler(), yard.scheduler()
    slow.step()
    yard.change(lease_until=datetime.now(UTC) - timedelta(seconds=1))
    quick.step()
    yard.crawls[0].report = FAILED
    slow.step()
    assert yard.source().failures == 0
    yard.crawls[1].report = OK
    quick.step()
    assert yard.source().last_error is None


def test_a_source_removed_while_it_is_crawled_harms_nobody(yard: Yard) -> None:
    yard.add("a")
    yard.add("b")
    scheduler = yard.scheduler()
    scheduler.step()
    with yard.records.write() as session:
        session.delete(session.get_one(Source, "a"))
    for crawl in yard.crawls:
        crawl.report = OK
    scheduler.step()
    assert yard.source("b").last_success_at == NOW


def test_stopping_ends_the_crawls_and_leaves_the_sources_due(yard: Yard) -> None:
    yard.add()
    scheduler = yard.scheduler()
    scheduler.step()
    scheduler.stop()
    assert yard.crawls[0].terminated
    source = yard.source()
    assert (source.lease_until, source.next_due_at, source.failures) == (None, NOW, 0)
    yard.scheduler().step()
    assert len(yard.crawls) == 2


def test_a_source_that_was_run_by_hand_while_it_is_crawled_is_crawled_again(yard: Yard) -> None:
    yard.add()
    scheduler = yard.scheduler()
    scheduler.step()
    yard.clock.advance(timedelta(seconds=5))
    yard.change(next_due_at=yard.clock.now())
    yard.crawls[0].report = OK
    scheduler.step()
    assert yard.source().next_due_at == yard.clock.now()


def test_a_job_carries_what_the_source_says(yard: Yard) -> None:
    yard.add(etag='"v1"', last_modified="Wed", trusted=True, obey_robots=False, max_pages=7)
    job = yard.job(yard.source())
    assert (job.source_id, job.url, job.platform) == ("a", "https://example.cn/a", "weibo")
    assert (job.etag, job.last_modified) == ('"v1"', "Wed")
    assert (job.trusted, job.obey_robots, job.max_pages) == (True, False, 7)
    assert (job.contact, job.allow_private) == ("pr@example.cn", ("127.0.0.1:1200",))
    assert job.trace_id.startswith("trace_")
    assert CrawlJob.from_json(job.to_json()) == job


def test_a_real_crawl_is_started_and_noted(records: Records, tmp_path: Path, site: Site) -> None:
    yard = Yard(records, tmp_path)
    yard.add(url=f"{site.base}/feed")

    def job(source: Source) -> CrawlJob:
        return job_for(
            source,
            ids=Ids(),
            spool=str(yard.spool),
            pseudonym_key="00ff",
            timezone="Asia/Shanghai",
            contact=None,
            allow_private=(site.pair,),
        )

    scheduler = Scheduler(yard.records, job, yard.clock)
    scheduler.step()
    deadline = time.monotonic() + 60
    while yard.source().last_success_at is None and time.monotonic() < deadline:
        time.sleep(0.05)
        scheduler.step()
    source = yard.source()
    assert (source.failures, source.last_error) == (0, None)
    assert source.last_success_at == NOW
    assert Spool(yard.spool).pending()
