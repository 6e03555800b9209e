"""One visit to a source, from its claim to what is written down of it."""

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from core.clock import Clock
from core.errors import LeaseLost, ShengyuError
from core.log import logger
from crawlers.claims import LEASE, rest_host
from crawlers.job import CrawlJob, CrawlReport
from crawlers.launch import CrawlProcess, start_crawl
from crawlers.runs import begin_run, end_run
from storage.records import Records
from storage.records.lease import Lease, renew, settle
from storage.records.watch import Source

_RENEW_EVERY: Final = timedelta(seconds=20)
# Polls of many sources spread out by up to this share of the interval.
_JITTER: Final = 0.1
_LONGEST_BACK_OFF: Final = timedelta(hours=6)

MakeJob = Callable[[Source], CrawlJob]


class Visit:
    """A claimed source and the crawl of it. Poll it until it says that it is over."""

    def __init__(
        self,
        records: Records,
        clock: Clock,
        claim: Lease,
        *,
        spread: Callable[[], float] = random.random,
    ) -> None:
        self._records, self._clock, self._claim, self._spread = records, clock, claim, spread
        self._log = logger("crawl")
        self._process: CrawlProcess | None = None
        self._trace_id = ""
        self._name = claim.id
        self.began_at = self._renewed_at = clock.now()
        self._due_at = self.began_at
        self._lost = False
        self.report: CrawlReport | None = None

    def begin(self, make_job: MakeJob) -> bool:
        """Start the crawl. False when it could not begin; that is then noted as its failure."""
        with self._records.read() as session:
            source = session.get(Source, self._claim.id)
        if source is None:
            return False
        self._name, self._due_at = source.name, source.next_due_at
        try:
            job = make_job(source)
            self._trace_id = job.trace_id
            with self._records.write() as session:
                session.get_one(Source, source.id).last_started_at = self.began_at
                begin_run(session, job.trace_id, source.id, self.began_at)
            self._process = start_crawl(job)
        except (ShengyuError, OSError) as error:
            self._end(_not_begun(error))
            return False
        self._log.info("crawl started", source=self._name, trace_id=job.trace_id)
        return True

    def step(self) -> bool:
        """Keep the lease; say whether the visit goes on."""
        assert self._process is not None, "begin it first"
        report = self._process.poll()
        if self._lost:
            return report is None
        if report is not None:
            self._end(report)
            return False
        now = self._clock.now()
        if now - self._renewed_at >= _RENEW_EVERY:
            try:
                with self._records.write() as session:
                    renew(session, Source, self._claim, LEASE)
            except LeaseLost as lost:
                self._log.warning("lease lost", source=self._name, error=str(lost))
                self._lost = True
                self._process.terminate()
            self._renewed_at = now
        return True

    def terminate(self) -> None:
        """Ask the crawl to stop with what it has."""
        if self._process is not None:
            self._process.terminate()

    def has_stopped(self) -> bool:
        """Say whether the process is gone, without writing anything down."""
        return self._process is None or self._process.poll() is not None

    def cut_off(self) -> None:
        """Give the source back as due as it was; end its process at once if it still runs."""
        if self._process is not None and self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        if self._lost:
            return
        now = self._clock.now()
        try:
            with self._records.write() as session:
                end_run(session, self._trace_id, None, now)
                source = session.get(Source, self._claim.id)
                if source is not None:
                    rest_host(session, source, now, None)
                    settle(session, Source, self._claim)
        except LeaseLost as lost:
            self._log.warning("lease lost", source=self._name, error=str(lost))

    def _end(self, report: CrawlReport) -> None:
        self.report = report
        try:
            with self._records.write() as session:
                self._note(session, report, self._clock.now())
        except LeaseLost as lost:
            self._log.warning("lease lost", source=self._name, error=str(lost))
            return
        self._log.info(
            "crawl ended",
            source=self._name,
            status=report.status,
            items=report.items,
            pages=report.pages,
            error=report.error,
        )

    def _note(self, session: Session, report: CrawlReport, now: datetime) -> None:
        source = session.get(Source, self._claim.id)
        if source is None:
            return
        failed = report.status == "error"
        failures = source.failures + 1 if failed else 0
        pause = self._pause(source, failures, report.retry_after_s)
        # Whoever edited it or asked for a run meanwhile gets the run.
        asked_for = source.next_due_at != self._due_at
        rest_host(session, source, now, report.retry_after_s)
        end_run(session, self._trace_id, report, now)
        settle(
            session,
            Source,
            self._claim,
            failures=failures,
            last_error=report.error if failed else None,
            last_hint=report.hint,
            last_success_at=source.last_success_at if failed else now,
            next_due_at=source.next_due_at if asked_for else now + pause,
        )

    def _pause(self, source: Source, failures: int, retry_after_s: int | None) -> timedelta:
        """Interval with jitter; after failures doubled each time; never before Retry-After."""
        interval = timedelta(seconds=source.interval_s)
        backed_off = interval * 2 ** min(failures, 10)
        longest = max(interval, _LONGEST_BACK_OFF)
        jitter = 1.0 + _JITTER * self._spread()
        pause: timedelta = min(backed_off, longest) * jitter
        return max(pause, timedelta(seconds=retry_after_s or 0))


def _not_begun(error: Exception) -> CrawlReport:
    if isinstance(error, ShengyuError):
        return CrawlReport("error", error=str(error), hint="采集没有开始：请按提示修改来源的设置。")
    return CrawlReport(
        "error",
        error=f"The crawl process could not be started: {error}",
        hint="采集进程无法启动，下次会自动再试；若一直如此，请检查机器的内存和进程数。",
    )
