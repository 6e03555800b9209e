"""A listing page and the articles it links to, by CSS rules."""

from collections.abc import AsyncIterator, Iterator
from typing import Any

from parsel import Selector
from scrapy.http import Request, Response

from core.errors import InvalidInput
from crawlers.counts import parse_count
from crawlers.dates import parse_date
from crawlers.extract import Article, extract, parse
from crawlers.hints import EMPTY_LIST, EMPTY_TEXT, Trouble, explain
from crawlers.page_dates import page_date
from crawlers.raw import RawMention
from crawlers.rules import check_rules
from crawlers.rules.css import field, links, paragraphs
from crawlers.spiders.source import SourceSpider
from storage.mentions import Engagement

_LONGEST_TEXT = 100_000


class ListingSpider(SourceSpider):
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

    def parse_list(self, response: Response) -> Iterator[Request]:
        """Yield requests for the articles of one list page and for the next list page."""
        page = Selector(self.text_of(response))
        found = links(page, self.job.rules.get("item"))
        if not found:
            trouble = Trouble(f"No entry was found on {response.url}", EMPTY_LIST)
            self.outcome.failed(trouble, fatal=response.meta.get("depth", 0) == 0)
            return
        for link in dict.fromkeys(found):
            yield from self._follow(response, link, self.parse_article)
        for link in links(page, self.job.rules.get("next"))[:1]:
            yield from self._follow(response, link, self.parse_list)

    def parse_article(self, response: Response) -> Iterator[RawMention]:
        """Yield the mention that one article page holds."""
        text = self.text_of(response)
        mention = self._mention(Selector(text), text, response.url)
        if mention is None:
            trouble = Trouble(f"No text was found on {response.url}", EMPTY_TEXT)
            self.outcome.failed_pages += 1
            self.outcome.failed(trouble, fatal=False)
        else:
            yield mention

    def _follow(self, response: Response, link: str, callback: Any) -> Iterator[Request]:
        try:
            url = response.urljoin(link)
        except ValueError:  # http://[ is no address, and one bad link must not hide the others
            return
        if not url.startswith(("http://", "https://")):
            return
        request = self.ask(url, callback, entry=False)
        if request is not None:
            yield request

    def _mention(self, page: Selector, text: str, url: str) -> RawMention | None:
        rules, now = self.job.rules, self.now()
        body = paragraphs(page, rules.get("text"))
        # Extraction costs fifty times what rules cost, so it runs only where a rule gave nothing.
        article = Article("", "", None, None) if body else extract(text, url, now)
        if not (body or article.text):
            return None
        published_at = parse_date(field(page, rules.get("published_at")), now, self.zone)
        if published_at is None and body:
            tree = parse(text)
            published_at = page_date(tree, now) if tree is not None else None
        return RawMention(
            platform=self.job.platform,
            text=(body or article.text)[:_LONGEST_TEXT],
            detected_at=now,
            native_id=field(page, rules.get("native_id")),
            url=url,
            kind=self.job.kind_of_mention,
            title=(field(page, rules.get("title")) or article.title)[:_LONGEST_TEXT],
            author=field(page, rules.get("author")) or article.author,
            published_at=published_at or article.published_at,
            engagement=self._engagement(page),
        )

    def _engagement(self, page: Selector) -> Engagement:
        names = ("likes", "comments", "shares", "views")
        counts = {name: parse_count(field(page, self.job.rules.get(name))) for name in names}
        return Engagement(**counts)
