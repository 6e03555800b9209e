"""Crawls the sources that are due: claims them in rows, runs each in a subprocess, notes health."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from core.clock import Clock
from core.errors import LeaseLost
from core.ids import Ids
from core.log import logger
from crawlers.job import CrawlJob, CrawlReport
from crawlers.launch import CrawlProcess, start_crawl
from storage.records import Records
from storage.records.lease import Lease, claim_due, renew, settle
from storage.records.watch import Source

_LEASE: Final = timedelta(seconds=60)
_RENEW_EVERY: Final = timedelta(seconds=20)
# Polls of many sources spread out by up to this share of the interval.
_JITTER: Final = 0.1
_LONGEST_BACK_OFF: Final = timedelta(hours=6)

MakeJob = Callable[[Source], CrawlJob]


@dataclass
class _Running:
    claim: Lease
    name: str
    process: CrawlProcess
    due_at: datetime
    renewed_at: datetime


class Scheduler:
    """Keeps at most *parallel* crawls running. Not thread-safe: one thread calls ``step``."""

    def __init__(
        self,
        records: Records,
        make_job: MakeJob,
        clock: Clock,
        *,
        parallel: int = 2,
        spread: Callable[[], float] = random.random,
    ) -> None:
        self._records, self._make_job, self._clock = records, make_job, clock
        self._parallel, self._spread = parallel, spread
        self._running: list[_Running] = []
        self._log = logger("crawl")

    def step(self) -> bool:
        """Start what is due, keep leases, note what has ended; say whether anything moved."""
        started = self._start_due()
        ended = [running for running in self._running if not self._still_runs(running)]
        self._running = [running for running in self._running if running not in ended]
        return started or bool(ended)

    def stop(self) -> None:
        """End every running crawl; what it had spooled stays, the rest is fetched next time."""
        for running in self._running:
            running.process.terminate()
        with self._records.write() as session:
            for running in self._running:
                try:
                    settle(session, Source, running.claim)
                except LeaseLost as lost:
                    self._log.warning("lease lost", source=running.name, error=str(lost))
        self._running = []

    def _start_due(self) -> bool:
        free = self._parallel - len(self._running)
        if free <= 0:
            return False
        now = self._clock.now()
        with self._records.write() as session:
            claims = claim_due(
                session, Source, now, lease=_LEASE, limit=free, where=[Source.enabled.is_(True)]
            )
            sources = [session.get_one(Source, claim.id) for claim in claims]
            for source in sources:
                source.last_started_at = now
        for claim, source in zip(claims, sources, strict=True):
            job = self._make_job(source)
            self._log.info("crawl started", source=source.name, trace_id=job.trace_id)
            process = start_crawl(job)
            self._running.append(_Running(claim, source.name, process, source.next_due_at, now))
        return bool(claims)

    def _still_runs(self, running: _Running) -> bool:
        report = running.process.poll()
        try:
            if report is not None:
                self._note(running, report)
                return False
            now = self._clock.now()
            if now - running.renewed_at >= _RENEW_EVERY:
                with self._records.write() as session:
                    renew(session, Source, running.claim, _LEASE)
                running.renewed_at = now
        except LeaseLost as lost:
            self._log.warning("lease lost", source=running.name, error=str(lost))
            running.process.terminate()
            return False
        return True

    def _note(self, running: _Running, report: CrawlReport) -> None:
        now = self._clock.now()
        with self._records.write() as session:
            source = session.get(Source, running.claim.id)
            if source is None:
                return
            failed = report.status == "error"
            failures = source.failures + 1 if failed else 0
            pause = self._pause(source, failures, report.retry_after_s)
            # Whoever edited it or asked for a run meanwhile gets the run.
            asked_for = source.next_due_at != running.due_at
            settle(
                session,
                Source,
                running.claim,
                failures=failures,
                last_error=report.error if failed else None,
                last_hint=report.hint,
                last_success_at=source.last_success_at if failed else now,
                next_due_at=source.next_due_at if asked_for else now + pause,
            )
        self._log.info(
            "crawl ended",
            source=running.name,
            status=report.status,
            items=report.items,
            pages=report.pages,
            error=report.error,
        )

    def _pause(self, source: Source, failures: int, retry_after_s: int | None) -> timedelta:
        """Interval with jitter; after failures doubled each time; never before Retry-After."""
        interval = timedelta(seconds=source.interval_s)
        backed_off = interval * 2 ** min(failures, 10)
        longest = max(interval, _LONGEST_BACK_OFF)
        jitter = 1.0 + _JITTER * self._spread()
        pause: timedelta = min(backed_off, longest) * jitter
        return max(pause, timedelta(seconds=retry_after_s or 0))


def job_for(
    source: Source,
    *,
    ids: Ids,
    spool: str,
    pseudonym_key: str,
    timezone: str,
    contact: str | None,
    allow_private: tuple[str, ...],
) -> CrawlJob:
    """Return what a crawl of *source* is told; validators are those of its last durable batch."""
    return CrawlJob(
        source_id=source.id,
        source_name=source.name,
        kind=source.kind,  # type: ignore[arg-type]
        url=source.url,
        platform=source.platform,
        spool=spool,
        trace_id=ids.new("trace"),
        pseudonym_key=pseudonym_key,
        rules=source.rules,
        source_type=source.source_type,  # type: ignore[arg-type]
        identity=source.identity,  # type: ignore[arg-type]
        trusted=source.trusted,
        delay_s=source.delay_s,
        obey_robots=source.obey_robots,
        max_pages=source.max_pages,
        etag=source.etag,
        last_modified=source.last_modified,
        source_version=source.version,
        contact=contact,
        allow_private=allow_private,
        timezone=timezone,
    )
