"""A listing page and the articles it links to, by CSS rules."""

from collections.abc import AsyncIterator, Iterator
from typing import Any

from parsel import Selector
from scrapy.http import Request, Response

from core.errors import InvalidInput
from crawlers.hints import EMPTY_LIST, Trouble, explain
from crawlers.pipeline import Item
from crawlers.rules import check_rules
from crawlers.rules.css import links
from crawlers.spiders.articles import ArticleSpider


class ListingSpider(ArticleSpider):
    """Follows the links of a list, page by page, and reads each article."""

    name = "listing"

    async def start(self) -> AsyncIterator[Any]:
        """Ask for the first list page, unless the rules cannot work."""
        try:
            check_rules(self.job.kind, self.job.rules)
        except InvalidInput as error:
            self.outcome.failed(explain(error, self.job.url), fatal=True)
            return
        yield self.ask(self.job.url, self.parse_list, entry=True)

    def parse_list(self, response: Response) -> Iterator[Request | Item]:
        """Yield requests for the articles of one list page and for the next list page."""
        page = Selector(self.text_of(response))
        found = links(page, self.job.rules.get("item"))
        if not found:
            trouble = Trouble(f"No entry was found on {response.url}", EMPTY_LIST)
            self.outcome.failed(trouble, fatal=response.meta.get("depth", 0) == 0)
            return
        for url in dict.fromkeys(_whole(response, link) for link in found):
            request = self.visit(url, self.parse_article)
            if request is not None:
                yield request
        for link in links(page, self.job.rules.get("next"))[:1]:
            url = _whole(response, link)
            request = self.ask(url, self.parse_list, entry=False) if url else None
            if request is not None:
                yield request


def _whole(response: Response, link: str) -> str:
    """Return *link* as a web address, empty where it is none."""
    try:
        url = str(response.urljoin(link))
    except ValueError:  # http://[ is no address, and one bad link must not hide the others
        return ""
    return url if url.startswith(("http://", "https://")) else ""
