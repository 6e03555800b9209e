"""Crawls the sources that are due: claims them in rows, runs each in a subprocess, notes health."""

import random
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Final

from core.clock import Clock
from core.errors import Busy, StorageError
from core.ids import Ids
from core.log import logger
from crawlers.claims import claim_named, claim_next
from crawlers.job import CrawlJob, CrawlReport
from crawlers.secrets import Secret, filled_headers
from crawlers.visit import MakeJob, Visit
from storage.records import Records
from storage.records.lease import Lease
from storage.records.watch import Source

# A crawl that takes longer waits for its site more than it works: its turn goes to another.
_SLOW_AFTER: Final = timedelta(seconds=30)
_SLOW_FOR_EACH: Final = 2
_POLL_S: Final = 0.05
_CLAIM_AGAIN_S: Final = 0.5


class Scheduler:
    """Keeps *parallel* crawls running, and up to twice as many slow ones beside them.

    One thread calls ``step``; ``stop`` may come from another.
    """

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
        self._running: list[Visit] = []
        self._turn = threading.Lock()
        self._stopped = False
        self._log = logger("crawl")

    def step(self) -> bool:
        """Start what is due, keep leases, note what has ended; say whether anything moved."""
        with self._turn:
            if self._stopped:
                return False
            started = self._start_due()
            ended = [visit for visit in self._running if not visit.step()]
            self._running = [visit for visit in self._running if visit not in ended]
            return started or bool(ended)

    def stop(self, wait_s: float = 4.0) -> None:
        """End every running crawl and wait for it, at most *wait_s*; none starts after.

        What it had spooled stays, the rest is fetched next time.
        """
        with self._turn:
            self._stopped = True
            for visit in self._running:
                visit.terminate()
            give_up = time.monotonic() + wait_s
            while time.monotonic() < give_up and not all(v.has_stopped() for v in self._running):
                time.sleep(_POLL_S)
            for visit in self._running:
                try:
                    visit.cut_off()
                except StorageError as error:
                    # Its lease runs out by itself.
                    self._log.warning("visit not given back", error=str(error))
            self._running = []

    def _start_due(self) -> bool:
        moved = False
        while self._has_room():
            now = self._clock.now()
            with self._records.write() as session:
                claim = claim_next(session, now)
            if claim is None:
                break
            moved = True
            visit = Visit(self._records, self._clock, claim, spread=self._spread)
            if visit.begin(self._make_job):
                self._running.append(visit)
        return moved

    def _has_room(self) -> bool:
        now = self._clock.now()
        quick = sum(now - visit.began_at < _SLOW_AFTER for visit in self._running)
        most = self._parallel * (1 + _SLOW_FOR_EACH)
        return quick < self._parallel and len(self._running) < most


def crawl_now(
    records: Records, make_job: MakeJob, clock: Clock, source_id: str, *, wait_s: float = 30.0
) -> CrawlReport:
    """Visit one source, due or not, and return what came of it; health is noted as ever.

    Waits up to *wait_s* for the source and its host. Raises ``Busy`` after that, ``NotFound``.
    """
    visit = Visit(records, clock, _claim_within(records, clock, source_id, wait_s))
    try:
        if visit.begin(make_job):
            while visit.step():
                time.sleep(_POLL_S)
    except BaseException:
        visit.cut_off()
        raise
    if visit.report is None:
        raise Busy("这次采集被另一个工作进程接手，请稍后查看来源的状态。")
    return visit.report


def _claim_within(records: Records, clock: Clock, source_id: str, wait_s: float) -> Lease:
    give_up = time.monotonic() + wait_s
    while True:
        try:
            with records.write() as session:
                return claim_named(session, clock.now(), source_id)
        except Busy:
            if time.monotonic() >= give_up:
                raise
        time.sleep(_CLAIM_AGAIN_S)


def job_for(
    source: Source,
    *,
    ids: Ids,
    spool: str,
    pseudonym_key: str,
    timezone: str,
    contact: str | None,
    allow_private: tuple[str, ...],
    known: tuple[str, ...] = (),
    secret: Secret | None = None,
    inbox: str | None = None,
) -> CrawlJob:
    """Return what a crawl of *source* is told; validators are those of its last durable batch.

    *known* are the keys of pages that need no visit (``crawlers.revisits.known_pages``); *secret*
    returns what a header's ``secret:NAME`` stands for.
    """
    headers, missing = filled_headers(source.rules, secret or _no_secret)
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
        known=known,
        headers=headers,
        missing_secrets=missing,
        inbox=inbox,
    )


def _no_secret(_name: str) -> None:
    return None
