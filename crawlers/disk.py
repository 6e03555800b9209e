"""Ends a crawl before its spool fills the disk that the stores need too."""

import asyncio
from typing import TYPE_CHECKING, Any, Self

from scrapy import signals
from scrapy.exceptions import NotConfigured
from scrapy.utils.asyncio import create_looping_call

from core.errors import StorageError
from crawlers.hints import explain
from crawlers.spool import Spool

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

_CHECK_EVERY_S = 2.0


class DiskReserve:
    """Looks at the disk of the spool when the crawl begins and every two seconds."""

    def __init__(self, crawler: "Crawler") -> None:
        self._crawler = crawler
        self._closing: asyncio.Task[None] | None = None
        self._looking = create_looping_call(self._look)
        crawler.signals.connect(self._begin, signals.engine_started)
        crawler.signals.connect(self._end, signals.engine_stopped)

    @classmethod
    def from_crawler(cls, crawler: "Crawler") -> Self:
        """Build from the crawler; one that keeps nothing needs no room."""
        if not crawler.settings.getdict("ITEM_PIPELINES"):
            raise NotConfigured
        return cls(crawler)

    def _begin(self) -> None:
        self._looking.start(_CHECK_EVERY_S, now=True)

    def _end(self) -> None:
        if self._looking.running:
            self._looking.stop()

    def _look(self) -> None:
        spider: Any = self._crawler.spider
        try:
            Spool(spider.job.spool_path).check_room()
        except StorageError as error:
            spider.outcome.failed(explain(error, spider.job.url), fatal=True)
            self._end()
            engine = self._crawler.engine
            self._closing = asyncio.ensure_future(engine.close_spider_async(reason="disk"))
