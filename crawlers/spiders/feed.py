"""A feed: RSS, Atom, RDF or JSON Feed, asked for only if it changed."""

from collections.abc import AsyncIterator, Iterator
from typing import Any, Final

from scrapy.http import Request, Response
from scrapy.spidermiddlewares.httperror import HttpError

from core.errors import InvalidInput
from crawlers.feeds import NotAFeed, ParsedFeed, parse_feed, to_mention
from crawlers.hints import SAME_LINK, explain
from crawlers.page_key import page_key
from crawlers.pipeline import Item
from crawlers.raw import RawMention
from crawlers.rules import check_rules
from crawlers.rules.feed import FOLLOW_BELOW
from crawlers.spiders.articles import ArticleSpider

NOTHING_NOW: Final = "RSSHub 说这条路由现在没有内容：没有新的结果，或关键词没有人提到。"


class FeedSpider(ArticleSpider):
    """Reads one feed, and where it gives only headlines the articles behind them."""

    name = "feed"

    async def start(self) -> AsyncIterator[Any]:
        """Ask for the feed with the validators of the last visit."""
        try:
            check_rules(self.job.kind, self.job.rules)
        except InvalidInput as error:
            self.outcome.failed(explain(error, self.job.url), fatal=True)
            return
        yield self.ask(
            self.job.url,
            self.parse_feed,
            entry=True,
            headers=self._validators(),
            meta={"handle_httpstatus_list": [304, 503]},
        )

    def parse_feed(self, response: Response) -> Iterator[Request | Item]:
        """Yield the entries of the feed, and requests for the articles behind them."""
        self.outcome.pages += 1
        if response.status == 304:
            self.outcome.not_modified = True
            return
        if response.status == 503:
            self._unavailable(response)
            return
        feed = self._parsed(response)
        if feed is None:
            return
        self.outcome.cut_short = not feed.complete
        self.keep_validators(response)
        if self._repeats_one_link(feed):
            self.outcome.notice = SAME_LINK
        for entry in feed.entries:
            mention = to_mention(entry, self.job.platform, self.job.kind_of_mention, self.now())
            if mention is not None:
                yield from self._followed(mention)

    def _followed(self, mention: RawMention) -> Iterator[Request | Item]:
        rules = self.job.rules
        below = rules.get("follow_below") or FOLLOW_BELOW
        if not rules.get("follow") or mention.url is None or len(mention.text) >= below:
            yield mention
            return
        if self.knows(page_key(mention.url)):
            return
        request = self.visit(mention.url, self.parse_behind, cb_kwargs={"entry": mention})
        if request is None:  # no page left to ask for: the rest is read at the next visits
            yield mention
        else:
            yield request.replace(errback=self.on_article_error)

    def _parsed(self, response: Response) -> ParsedFeed | None:
        content_type = (response.headers.get("Content-Type") or b"").decode("latin-1")
        try:
            return parse_feed(response.body, content_type, self.now(), self.zone)
        except NotAFeed as error:
            self.outcome.failed(explain(error, response.url), fatal=True)
            return None

    def _unavailable(self, response: Response) -> None:
        """RSSHub answers with an error page where a search found nothing; others are down."""
        if b"route is empty" in response.body[:20_000].lower():
            self.outcome.notice = NOTHING_NOW
        else:
            self.outcome.failed_pages += 1
            error = HttpError(response, "503")
            self.outcome.failed(explain(error, response.url), fatal=True)

    def _validators(self) -> dict[str, str]:
        if self.job.rules.get("follow") and self.job.rules.get("comment"):
            return {}  # comments grow below articles while the feed stays as it is
        headers = {"If-None-Match": self.job.etag, "If-Modified-Since": self.job.last_modified}
        return {name: value for name, value in headers.items() if value}

    def _repeats_one_link(self, feed: ParsedFeed) -> bool:
        by_link = [
            entry.url
            for entry in feed.entries
            if self.job.identity == "url"
            or (self.job.identity == "native_id" and not entry.native_id)
        ]
        return len(by_link) > 1 and len(set(by_link)) == 1
