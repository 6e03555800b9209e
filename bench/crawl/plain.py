"""The plainest Scrapy that gives the same items, with Scrapy's own settings: a process of its own.

``python -m bench.crawl.plain URL [--extract]`` prints how many items it gave. With ``--extract``
the text comes from readability-lxml, as somebody without rules would take it.
"""

import sys
from collections.abc import AsyncIterator, Iterator
from typing import Any

import scrapy
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.http import Response, TextResponse


class PlainSpider(scrapy.Spider):
    """Follows the list and reads title, text, author and date of each article."""

    name = "plain"
    url = ""
    extracts = False
    found = 0

    async def start(self) -> AsyncIterator[Any]:
        """Ask for the first list page."""
        yield scrapy.Request(self.url)

    def parse(self, response: Response, **_: Any) -> Iterator[Any]:
        """Follow the links of a list page."""
        assert isinstance(response, TextResponse)
        for link in response.css("ul.news li a::attr(href)").getall():
            yield response.follow(link, self.parse_article)
        for link in response.css("a.next::attr(href)").getall():
            yield response.follow(link, self.parse)

    def parse_article(self, response: Response) -> Iterator[dict[str, Any]]:
        """Yield one article."""
        assert isinstance(response, TextResponse)
        type(self).found += 1
        yield {
            "url": response.url,
            "title": response.css("h1::text").get(),
            "text": self._text(response),
            "author": response.css("span.author::text").get(),
            "published_at": response.css("meta[property]::attr(content)").get(),
        }

    def _text(self, response: TextResponse) -> str:
        if not self.extracts:
            return "\n".join(response.css("div.body p::text").getall())
        from lxml import html
        from readability import Document

        summary = Document(response.text).summary(html_partial=True)
        return str(html.fromstring(summary).text_content())


def main() -> None:
    """Crawl and print the number of items."""
    PlainSpider.url, PlainSpider.extracts = sys.argv[1], "--extract" in sys.argv
    process = AsyncCrawlerProcess({"LOG_LEVEL": "ERROR"})
    process.crawl(PlainSpider)
    process.start()
    print(PlainSpider.found)


if __name__ == "__main__":
    main()
