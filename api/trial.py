"""Trying a source that nobody has saved: its job and the judge, from what the service holds."""

from dataclasses import asdict

from api.wiring import Service
from api.worker import pseudonym_key
from crawlers.job import CrawlJob
from crawlers.judging import Judge
from crawlers.schedule import job_for
from crawlers.sources import SourceInput
from storage.records.watch import Source


def unsaved_job(service: Service, given: SourceInput) -> CrawlJob:
    """Return the job of a source as a person gave it. Raises ``InvalidInput`` by field."""
    given = given.trimmed()
    given.check(service.allow_list())
    return job_for(
        Source(id="", version=1, **asdict(given)),
        ids=service.ids,
        spool="",
        pseudonym_key=pseudonym_key(service),
        timezone=service.settings.timezone,
        contact=service.settings.contact,
        allow_private=service.allowed_pairs(),
        secret=service.settings.source_secret,
        inbox=str(service.workspace.inbox.resolve()),
    )


def judge_of(service: Service) -> Judge:
    """Return the judge that ingest would use now."""
    return Judge(service.watchlist(), service.scorer, service.calibrations())
