"""The item pipeline: what spiders yield goes to the batcher."""

import asyncio
from typing import TYPE_CHECKING, Self, cast

from core.errors import StorageError
from crawlers.batching import Batcher, PageRead
from crawlers.hints import explain
from crawlers.raw import RawMention

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

    from crawlers.spiders.source import SourceSpider

Item = RawMention | PageRead


class SpoolPipeline:
    """Hands mentions and read pages to the batcher; a spool that cannot be written ends it all."""

    def __init__(self, crawler: "Crawler") -> None:
        self._crawler = crawler
        self._closing: asyncio.Task[None] | None = None
        self._broken = False

    @classmethod
    def from_crawler(cls, crawler: "Crawler") -> Self:
        """Build from the crawler."""
        return cls(crawler)

    def open_spider(self) -> None:
        """Make the spool ready."""
        self._batcher = Batcher(self._spider.job, self._spider.outcome)
        self._batcher.sweep()

    def process_item(self, item: Item) -> Item:
        """Take one mention, or the word that a page is done."""
        if self._broken:
            return item
        try:
            if isinstance(item, PageRead):
                self._batcher.visited(item.key)
            else:
                self._batcher.add(item)
        except StorageError as error:
            self._fail(error)
        return item

    def close_spider(self) -> None:
        """Write what waits."""
        try:
            if not self._broken:
                self._batcher.close()
        except StorageError as error:
            self._fail(error)

    def _fail(self, error: StorageError) -> None:
        self._broken = True
        self._spider.outcome.failed(explain(error, self._spider.job.url), fatal=True)
        # From inside an item the engine cannot be awaited: it waits for this very item.
        engine = self._crawler.engine
        self._closing = asyncio.ensure_future(engine.close_spider_async(reason="spool"))

    @property
    def _spider(self) -> "SourceSpider":
        return cast("SourceSpider", self._crawler.spider)
