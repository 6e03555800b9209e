"""What spiders share that read article pages: the page's mentions, then word that it is read."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from scrapy.http import Request, Response

from crawlers.batching import PageRead
from crawlers.hints import EMPTY_TEXT, Trouble
from crawlers.page_mentions import page_mentions, with_text_of
from crawlers.pipeline import Item
from crawlers.raw import RawMention
from crawlers.spiders.source import SourceSpider

if TYPE_CHECKING:
    from twisted.python.failure import Failure


class ArticleSpider(SourceSpider):
    """A spider that asks for article pages with ``visit``."""

    def parse_article(self, response: Response, key: str) -> Iterator[Item]:
        """Yield the mentions that one article page holds."""
        found = page_mentions(self.job, self.page_of(response))
        if not found:
            trouble = Trouble(f"No text was found on {response.url}", EMPTY_TEXT)
            self.outcome.failed_pages += 1
            self.outcome.failed(trouble, fatal=False)
        yield from found
        yield PageRead(key)

    def parse_behind(self, response: Response, key: str, entry: RawMention) -> Iterator[Item]:
        """Yield *entry* with the full text of the page behind it, as it is where that has none."""
        found = page_mentions(self.job, self.page_of(response))
        by_url = self.job.identity == "url" or not entry.native_id
        yield from with_text_of(entry, found, None if by_url else response.url)
        yield PageRead(key)

    def on_article_error(self, failure: "Failure") -> Iterator[Item]:
        """The article behind an entry could not be had: the headline alone is better than nothing.

        Its page is asked for again at the next visit.
        """
        self.on_page_error(failure)
        self.outcome.cut_short = True  # else validators would hide what is missing
        request: Request = failure.request  # type: ignore[attr-defined]
        yield request.cb_kwargs["entry"]
