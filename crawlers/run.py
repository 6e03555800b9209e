"""One crawl in a process of its own: ``python -m crawlers.run`` with a job on stdin.

Prints one JSON report on stdout; mentions go into the spool, logs to stderr. SIGTERM ends it
within two seconds with what it has. With ``--watched`` it also ends when stdin closes, that is when
the process that started it is gone.
"""

import asyncio
import os
import signal
import sys
import threading
from typing import TYPE_CHECKING, Any, Final

from core.errors import InvalidInput, ShengyuError
from crawlers.addon import politeness
from crawlers.job import WATCHED, CrawlJob, CrawlReport, SourceKind
from crawlers.outcome import Outcome
from crawlers.secrets import SETTING

if TYPE_CHECKING:
    from crawlers.spiders.source import SourceSpider

_GRACE_S: Final = 2.0


def main() -> int:
    """Run the job on stdin and print its report; return the exit status."""
    try:
        job = CrawlJob.from_json(sys.stdin.readline())
    except InvalidInput as error:
        print(CrawlReport("error", error=str(error)).to_json(), flush=True)  # noqa: T201
        return 2
    if WATCHED in sys.argv:
        watch_parent()
    report = crawl(job)
    print(report.to_json(), flush=True)  # noqa: T201
    return 0 if report.status != "error" else 1


def crawl(job: CrawlJob) -> CrawlReport:
    """Run *job* to its end in this process, which can do so once only (Twisted's reactor)."""
    if job.missing_secrets:
        return _without_secrets(job)
    if job.kind == "folder":
        return _folder(job)
    from scrapy.crawler import AsyncCrawlerProcess

    outcome = Outcome()
    process = AsyncCrawlerProcess(settings_of(job))
    process.crawl(_spider(job.kind), job=job, outcome=outcome)
    stop_on_signal(process)
    process.start(install_signal_handlers=False)
    return outcome.report()


def _without_secrets(job: CrawlJob) -> CrawlReport:
    """Fail before anything is asked for: without its headers an API answers with riddles."""
    names = [SETTING + name for name in job.missing_secrets]
    return CrawlReport(
        "error",
        error=f"The source {job.source_name} needs {', '.join(names)}, which is not set.",
        hint=f"请设置 {'、'.join(names)}（或加 _FILE 指向文件）后重启服务。",
        complete=False,
    )


def _folder(job: CrawlJob) -> CrawlReport:
    """Read a watched folder: no site is asked, but files are as little to be trusted."""
    from crawlers.batching import Batcher
    from crawlers.hints import explain
    from crawlers.importing.folder import visit_folder

    outcome = Outcome()
    batcher = Batcher(job, outcome)
    try:
        batcher.sweep()
        visit_folder(job, batcher, outcome)
        batcher.close()
    except ShengyuError as error:
        outcome.failed(explain(error, str(job.rules.get("folder"))), fatal=True)
    return outcome.report()


def settings_of(job: CrawlJob) -> dict[str, Any]:
    """Return the Scrapy settings of *job*."""
    return politeness(
        delay_s=job.delay_s,
        obey_robots=job.obey_robots,
        contact=job.contact,
        max_pages=job.max_pages,
        max_seconds=job.max_seconds,
    ) | {
        "SHENGYU_ALLOW_PRIVATE": job.allow_private,
        "ITEM_PIPELINES": {"crawlers.pipeline.SpoolPipeline": 500},
    }


def stop_on_signal(process: Any) -> None:
    """On SIGTERM or SIGINT stop in order, and in disorder where that takes too long.

    In disorder still means whole batches: what was not yet spooled is fetched again next time.
    """

    def stop(number: int, frame: object) -> None:
        threading.Timer(_GRACE_S, os._exit, (128 + number,)).start()
        loop.call_soon_threadsafe(lambda: stopping.append(loop.create_task(process.stop())))

    loop = asyncio.get_event_loop()
    stopping: list[asyncio.Task[None]] = []
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)


def watch_parent() -> None:
    """End this process once stdin closes: the kernel closes it when the parent dies."""

    def watch() -> None:
        while os.read(sys.stdin.fileno(), 4096):
            pass
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, daemon=True).start()


def _spider(kind: SourceKind) -> "type[SourceSpider]":
    """Load the one spider that is needed."""
    match kind:
        case "feed":
            from crawlers.spiders.feed import FeedSpider

            return FeedSpider
        case "listing":
            from crawlers.spiders.listing import ListingSpider

            return ListingSpider
        case "sitemap":
            from crawlers.spiders.sitemap import SitemapSpider

            return SitemapSpider
        case "json_api":
            from crawlers.spiders.json_api import JsonApiSpider

            return JsonApiSpider
        case "folder":
            raise InvalidInput("a watched folder has no pages to ask for", field="kind")


if __name__ == "__main__":
    sys.exit(main())
