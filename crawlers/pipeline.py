"""The item pipeline: authors lose their names, mentions go into the spool in batches."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Self, cast

from core.errors import StorageError
from core.ids import Ids
from crawlers.hints import explain
from crawlers.pseudonym import pseudonym
from crawlers.raw import Batch, BatchHead, RawMention
from crawlers.spool import MAX_MENTIONS, Spool

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

    from crawlers.spiders.source import SourceSpider


class SpoolPipeline:
    """Writes a batch whenever one is full, and the rest at the end.

    Only the last batch carries the source's validators, and only when the crawl came to its end:
    otherwise a crash would turn what is missing into a 304.
    """

    def __init__(self, crawler: "Crawler", ids: Ids) -> None:
        self._crawler, self._ids = crawler, ids
        self._waiting: list[RawMention] = []
        self._closing: asyncio.Task[None] | None = None
        self._broken = False

    @classmethod
    def from_crawler(cls, crawler: "Crawler") -> Self:
        """Build from the crawler."""
        return cls(crawler, Ids())

    def open_spider(self) -> None:
        """Make the spool ready and remove what killed crawls left in it."""
        self._spool = Spool(self._spider.job.spool_path)
        self._spool.sweep()

    def process_item(self, item: RawMention) -> RawMention:
        """Take one mention; the batch before it is written once it is known not to be the last."""
        if len(self._waiting) >= MAX_MENTIONS:
            self._write(last=False)
        mention = replace(item, author=pseudonym(item.author, self._spider.job.pseudonym_key))
        self._waiting.append(mention)
        self._spider.outcome.found(mention)
        return mention

    def close_spider(self) -> None:
        """Write what waits."""
        if self._waiting:
            self._write(last=self._spider.outcome.complete)

    def _write(self, *, last: bool) -> None:
        if self._broken:
            return
        outcome = self._spider.outcome
        batch = Batch(self._head(last=last), tuple(self._waiting))
        try:
            self._spool.put(batch)
        except StorageError as error:
            self._broken = True
            outcome.failed(explain(error, self._spider.job.url), fatal=True)
            self._stop()
        else:
            outcome.batch_ids.append(batch.head.id)
        self._waiting.clear()

    def _head(self, *, last: bool) -> BatchHead:
        job, outcome = self._spider.job, self._spider.outcome
        return BatchHead(
            id=self._ids.new("batch"),
            trace_id=job.trace_id,
            fetched_at=datetime.now(UTC),
            identity=job.identity,
            source_id=job.source_id,
            source_name=job.source_name,
            source_type=job.source_type,
            trusted=job.trusted,
            open_cases=job.open_cases,
            etag=outcome.etag if last else None,
            last_modified=outcome.last_modified if last else None,
            source_version=job.source_version,
        )

    def _stop(self) -> None:
        # From inside an item the engine cannot be awaited: it waits for this very item.
        engine = self._crawler.engine
        self._closing = asyncio.ensure_future(engine.close_spider_async(reason="spool"))

    @property
    def _spider(self) -> "SourceSpider":
        return cast("SourceSpider", self._crawler.spider)
