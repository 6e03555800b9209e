"""The history of visits: a row when one begins, its end, and what its batches became."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from crawlers.job import CrawlReport
from storage.records.crawling import CrawlRun, RunStatus

KEPT: Final = timedelta(days=30)


def begin_run(session: Session, trace_id: str, source_id: str, now: datetime) -> None:
    """Write down that a visit begins; what still ran for this source went with its worker."""
    session.execute(
        update(CrawlRun)
        .where(CrawlRun.source_id == source_id, CrawlRun.status == "running")
        .values(status="lost", ended_at=now)
    )
    session.add(CrawlRun(trace_id=trace_id, source_id=source_id, started_at=now, latencies=[]))


def end_run(
    session: Session,
    trace_id: str,
    report: CrawlReport | None,
    now: datetime,
    status: RunStatus | None = None,
) -> None:
    """Write down how a visit ended; without a report it was cut off."""
    run = session.get(CrawlRun, trace_id)
    if run is None:
        return
    run.ended_at = now
    run.status = status or (report.status if report else "lost")
    if report is not None:
        run.items, run.pages, run.failed_pages = report.items, report.pages, report.failed_pages
        run.error, run.hint = report.error, report.hint


def credit_run(
    session: Session,
    trace_id: str,
    *,
    new: int,
    duplicates: int,
    dropped: int,
    latencies: Sequence[int],
) -> None:
    """Add what one durable batch of a visit became; an import has no run and is left alone."""
    run = session.get(CrawlRun, trace_id)
    if run is None:
        return
    run.new += new
    run.duplicates += duplicates
    run.dropped += dropped
    run.latencies = [*run.latencies, *latencies]


def prune_runs(session: Session, now: datetime) -> int:
    """Delete visits of a month ago and more; return how many."""
    old = session.execute(delete(CrawlRun).where(CrawlRun.started_at < now - KEPT))
    return int(getattr(old, "rowcount", 0))
