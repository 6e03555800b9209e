"""The worker process: loops beside each other, so that none waits for another.

Crawling starts subprocesses and reads their reports; ingest carries the spool into the stores;
the clock loop fires what is due and sends mail; the library loop reads new files, the index loop
tells search of what changed; the marks loop brings people's corrections of sentiment into the index
and recalibrates by them; the sweep throws away what uploads left, retention what is older than
the workspace keeps; an index of an older form is rebuilt. Each may be killed at any moment.
"""

import hashlib
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from alerts.channels.choose import make_channel
from alerts.clock import run_due
from alerts.mail import CaseMail
from alerts.outbox import deliver_due
from api.index_form import IndexForm
from api.retention import Retention, kept_from_now
from api.sample_library import settling_step
from api.wiring import Service
from assets.indexing import heal, index_due
from assets.processing import process_due
from assets.reading.folder import sweep_folders
from assets.uploads import Sweeper
from core.errors import ShengyuError
from core.locks import FileLock
from core.log import logger
from core.workspace import Workspace
from crawlers.ingest import Ingest
from crawlers.job import CrawlJob
from crawlers.judging import Judge
from crawlers.pruning import Pruning
from crawlers.revisits import known_pages
from crawlers.schedule import Scheduler, job_for
from storage.records.cases import Case, OutboxMessage
from storage.records.lease import release_all
from storage.records.library import AssetVersion, IndexOutbox
from storage.records.watch import Source

_IDLE_S: Final = 0.25
# An import that works by itself holds the lock for one batch at a time.
_LOCK_WAIT_S: Final = 3.0
_LONGEST_REST_S: Final = 30.0
_CASES_A_STEP: Final = 50
_MAILS_A_STEP: Final = 20
_FILES_A_STEP: Final = 1


def worker_lock(workspace: Workspace) -> FileLock:
    """The lock of the one worker on a workspace's folder, where its spool lies."""
    return FileLock(
        workspace.worker_lock,
        f"A worker already runs on {workspace.path}. Stop it first, or let it do the work.",
    )


def make_ingest(service: Service) -> Ingest:
    """Return ingest wired to *service*; the scorer is loaded with the first batch."""
    return Ingest(
        service.records,
        service.index,
        service.spool,
        lambda: Judge(service.watchlist(), service.scorer, service.calibrations()),
        service.clock,
        service.ids,
        service.message_host,
        service.zone,
        lambda: kept_from_now(service),
    )


def crawl_job(service: Service, source: Source) -> CrawlJob:
    """Return what a crawl of *source* is told, with this workspace's spool and allow-list."""
    with service.records.read() as session:
        known = known_pages(session, source.id, service.clock.now())
    return job_for(
        source,
        ids=service.ids,
        spool=str(service.spool.path.resolve()),
        pseudonym_key=pseudonym_key(service),
        timezone=service.settings.timezone,
        contact=service.settings.contact,
        allow_private=service.allowed_pairs(),
        known=known,
        secret=service.settings.source_secret,
        inbox=str(service.workspace.inbox.resolve()),
    )


def pseudonym_key(service: Service) -> str:
    """Return the key (hex) that authors' names are masked with; it tells no other secret."""
    return hashlib.sha256(f"pseudonym:{service.secret}".encode()).hexdigest()


@dataclass
class Loop:
    """Calls *step* until stopped; rests when it says that there was nothing to do."""

    name: str
    step: Callable[[], bool]

    def run(self, stop: threading.Event) -> None:
        """Run until *stop* is set. What fails is logged and tried again after a growing rest."""
        failures = 0
        while not stop.is_set():
            try:
                moved = self.step()
                failures = 0
            except ShengyuError as error:
                failures += 1
                logger("worker").error("step failed", loop=self.name, error=str(error))
                moved = False
            except Exception:  # noqa: BLE001 - a bug in one loop must not stop the clocks
                failures += 1
                logger("worker").exception("step failed", loop=self.name)
                moved = False
            if not moved:
                stop.wait(min(_IDLE_S * 2**failures, _LONGEST_REST_S))


def run_worker(service: Service, stop: threading.Event) -> None:
    """Work until *stop* is set. Raises ``Busy`` when another worker holds the workspace."""
    with worker_lock(service.workspace).within(_LOCK_WAIT_S):
        if service.settings.database_url is None:
            _free_leases(service)
        service.spool.sweep()
        scheduler = Scheduler(
            service.records, lambda source: crawl_job(service, source), service.clock
        )
        loops = [
            Loop("crawl", scheduler.step),
            Loop("ingest", make_ingest(service).next_batch),
            Loop("clock", _clock_step(service)),
            Loop("library", _library_step(service)),
            Loop("index", _index_step(service)),
            Loop("marks", _marks_step(service)),
            Loop("sample", settling_step(service)),
            Loop("prune", Pruning(service.records, service.clock).step),
            Loop("sweep", Sweeper(service.records, service.files, service.clock).step),
            Loop("retention", Retention(service).step),
            Loop("index form", IndexForm(service).step),
        ]
        threads = [
            threading.Thread(target=loop.run, args=(stop,), name=loop.name, daemon=True)
            for loop in loops
        ]
        for thread in threads:
            thread.start()
        while not stop.wait(1.0):
            pass
        _join(threads, time.monotonic() + 2.0)
        scheduler.stop()


def _free_leases(service: Service) -> None:
    """Free every claim: on records of its own, the lock says that whoever held them is gone."""
    with service.records.write() as session:
        for table in (Source, Case, OutboxMessage, AssetVersion, IndexOutbox):
            release_all(session, table)


def _clock_step(service: Service) -> Callable[[], bool]:
    channel = make_channel(service.settings, service.workspace.mail)
    render = CaseMail(
        base_url=service.settings.base_url,
        zone=service.zone,
        secret=service.secret,
        mail_from=service.settings.mail_from,
        clock=service.clock,
    )

    def step() -> bool:
        fired = run_due(
            service.records,
            service.clock,
            service.ids,
            limit=_CASES_A_STEP,
            message_host=service.message_host,
        )
        done = deliver_due(service.records, channel, service.clock, render, limit=_MAILS_A_STEP)
        return bool(fired or done.sent or done.retried or done.failed)

    return step


def _library_step(service: Service) -> Callable[[], bool]:
    sweep_folders()

    def step() -> bool:
        # One file a step: the loop has more to do, and a file may take its time.
        taken = process_due(
            service.records, service.files, service.clock, service.ids, limit=_FILES_A_STEP
        )
        return bool(taken)

    return step


def _index_step(service: Service) -> Callable[[], bool]:
    # A loop of its own: search must learn of a recall while a long file is being read.
    healed = False

    def step() -> bool:
        nonlocal healed
        if not healed:
            heal(service.records, service.asset_index)
            healed = True
        return index_due(service.records, service.asset_index, service.clock) > 0

    return step


def _marks_step(service: Service) -> Callable[[], bool]:
    from sentiment.correcting.calibrating import Recalibrator
    from sentiment.correcting.carrying import carry_due
    from sentiment.correcting.carrying import heal as heal_labels

    recalibrator = Recalibrator(service.records, service.clock)
    healed = False

    def step() -> bool:
        nonlocal healed
        if not healed:
            heal_labels(service.records, service.index)
            healed = True
        carried = carry_due(service.records, service.index)
        return recalibrator.step(service.scorer.name) or carried > 0

    return step


def _join(threads: list[threading.Thread], give_up: float) -> None:
    """Wait for steps in progress; what does not end in time is safe to cut off."""
    for thread in threads:
        thread.join(max(0.0, give_up - time.monotonic()))
