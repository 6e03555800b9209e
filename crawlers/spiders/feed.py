"""A feed: RSS, Atom, RDF or JSON Feed, asked for only if it changed."""

from collections.abc import AsyncIterator, Iterator
from typing import Any

from scrapy.http import Response

from crawlers.feeds import NotAFeed, ParsedFeed, parse_feed, to_mention
from crawlers.hints import SAME_LINK, explain
from crawlers.raw import RawMention
from crawlers.spiders.source import SourceSpider


class FeedSpider(SourceSpider):
    """Reads one feed."""

    name = "feed"

    async def start(self) -> AsyncIterator[Any]:
        """Ask for the feed with the validators of the last visit."""
        yield self.ask(
            self.job.url,
            self.parse_feed,
            entry=True,
            headers=self._validators(),
            meta={"handle_httpstatus_list": [304]},
        )

    def parse_feed(self, response: Response) -> Iterator[RawMention]:
        """Yield the entries of the feed."""
        self.outcome.pages += 1
        if response.status == 304:
            self.outcome.not_modified = True
            return
        fetched_at = self.now()
        content_type = (response.headers.get("Content-Type") or b"").decode("latin-1")
        try:
            feed = parse_feed(response.body, content_type, fetched_at, self.zone)
        except NotAFeed as error:
            self.outcome.failed(explain(error, response.url), fatal=True)
            return
        self.outcome.cut_short = not feed.complete
        self.keep_validators(response)
        if self._repeats_one_link(feed):
            self.outcome.notice = SAME_LINK
        for entry in feed.entries:
            mention = to_mention(entry, self.job.platform, self.job.kind_of_mention, fetched_at)
            if mention is not None:
                yield mention

    def _validators(self) -> dict[str, str]:
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
