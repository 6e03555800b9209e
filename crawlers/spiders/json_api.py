"""A JSON API, page by page: its items, the comments below each, the article behind each."""

import hashlib
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from typing import Any, Final

from scrapy.http import Request, Response

from core.errors import FetchError, InvalidInput
from crawlers.batching import PageRead
from crawlers.hints import Trouble, explain
from crawlers.json_items import ApiError, NotJson, filled, items_of, load_json, name_of, to_mention
from crawlers.json_paging import Ask, first_ask, next_ask
from crawlers.page_key import page_key
from crawlers.page_mentions import comment_id
from crawlers.pipeline import Item
from crawlers.raw import RawMention
from crawlers.rules import check_rules
from crawlers.rules.json_api import Mapping, compiled
from crawlers.spiders.articles import ArticleSpider

# No public list has as many new entries between two visits.
_MOST_ITEMS: Final = 10_000
_ACCEPT: Final = {"Accept": "application/json, text/javascript;q=0.9, */*;q=0.5"}
_HINTS: Final = {
    NotJson: "返回的不是 JSON：请检查地址和请求头；需要登录的接口请配置 secret。",
    ApiError: "接口报错，或返回的结构与 items、fields 规则不符：请用“试运行”查看。",
}
_NO_FIELDS: Final = "接口有条目，但没有取到文字：请检查 fields 里的 text 和 title。"
_TOO_MANY: Final = f"条目超过 {_MOST_ITEMS} 条，其余留待下次：请用更具体的查询。"


class JsonApiSpider(ArticleSpider):
    """Asks for pages until one is empty, all known, or the same as one before."""

    name = "json_api"

    async def start(self) -> AsyncIterator[Any]:
        """Ask for the first page, unless the rules cannot work."""
        try:
            check_rules(self.job.kind, self.job.rules)
            self._api = compiled(self.job.rules)
        except InvalidInput as error:
            self.outcome.failed(explain(error, self.job.url), fatal=True)
            return
        self._seen_pages: set[bytes] = set()
        self._seen_items: set[str] = set()
        yield self._page(first_ask(self._api, self.job.url), entry=True)

    def parse_page(self, response: Response, asked: Ask) -> Iterator[Request | Item]:
        """Yield the items of one page, what hangs on them, and the request for the next page."""
        try:
            answer = load_json(self.text_of(response))
            items = items_of(answer, self._api.mapping)
            yield from self._items(items, response, asked, answer)
        except FetchError as error:
            self.outcome.failed_pages += 1
            self.outcome.failed(_trouble(error, response), fatal=self.outcome.pages == 1)

    def parse_comments(self, response: Response, key: str, entry: RawMention) -> Iterator[Item]:
        """Yield the comments on one item, then word that it is read."""
        mapping = self._api.comments
        assert mapping is not None
        try:
            items = items_of(load_json(self.text_of(response)), mapping)
            for item in items[: self._api.max_comments]:
                comment = self._comment(item, mapping, entry)
                if comment is not None:
                    yield comment
        except FetchError as error:
            self.outcome.failed_pages += 1
            self.outcome.failed(_trouble(error, response), fatal=False)
            return
        yield PageRead(key)

    def _items(
        self, items: list[Any], response: Response, asked: Ask, answer: Any
    ) -> Iterator[Request | Item]:
        same = hashlib.sha1(response.body, usedforsecurity=False).digest()
        if same in self._seen_pages:
            return  # it gives the same page for ever
        self._seen_pages.add(same)
        fresh = told = 0
        for item in items:
            mention = to_mention(
                item,
                self._api.mapping,
                self.job.platform,
                self.job.kind_of_mention,
                self.now(),
                self.zone,
            )
            if mention is None:
                continue
            told += 1
            key = page_key(name_of(mention))
            if key in self._seen_items or self.knows(key):
                continue
            if len(self._seen_items) >= _MOST_ITEMS:
                self.outcome.cut_short, self.outcome.notice = True, _TOO_MANY
                return
            self._seen_items.add(key)
            fresh += 1
            yield from self._with_more(mention, key)
        if items and not told:
            trouble = Trouble(f"No item of {response.url} holds any text", _NO_FIELDS)
            self.outcome.failed(trouble, fatal=self.outcome.pages == 1)
        if fresh:
            following = next_ask(self._api, self.job.url, asked, answer)
            request = self._page(following, entry=False) if following else None
            if request is not None:
                yield request

    def _with_more(self, mention: RawMention, key: str) -> Iterator[Request | Item]:
        """Yield *mention*, or the request after which it comes whole."""
        request = None
        if self._api.follow and mention.url:
            request = self._ask_safely(
                mention.url, self.parse_behind, {"key": key, "entry": mention}
            )
        if request is not None:
            yield request.replace(errback=self.on_article_error)
        else:
            yield mention
        comments = filled(self._api.comments_url, mention) if self._api.comments_url else None
        below = None
        if comments:
            below = self._ask_safely(comments, self.parse_comments, {"key": key, "entry": mention})
        if below is not None:
            yield below.replace(headers=_ACCEPT)
        elif request is None and not comments:
            yield PageRead(key)

    def _ask_safely(self, url: str, callback: Any, given: dict[str, Any]) -> Request | None:
        try:
            return self.ask(url, callback, entry=False, cb_kwargs=given)
        except ValueError:
            return None

    def _page(self, asked: Ask, *, entry: bool) -> Request | None:
        headers = _ACCEPT | ({"Content-Type": "application/json"} if asked.body else {})
        try:
            return self.ask(
                asked.url,
                self.parse_page,
                entry=entry,
                method=asked.method,
                body=asked.body,
                headers=headers,
                cb_kwargs={"asked": asked},
                priority=1,
            )
        except ValueError:  # the next address of an answer may be no address
            return None

    def _comment(self, item: Any, mapping: Mapping, entry: RawMention) -> RawMention | None:
        found = to_mention(item, mapping, self.job.platform, "comment", self.now(), self.zone)
        if found is None:
            return None
        about = entry.url or name_of(entry)
        native_id = found.native_id or comment_id(about, None, found.author, found.text)
        title = found.title or entry.title or entry.text[:100].partition("\n")[0]
        return replace(found, native_id=native_id, url=found.url or entry.url, title=title)


def _trouble(error: FetchError, response: Response) -> Trouble:
    hint = next((hint for kind, hint in _HINTS.items() if isinstance(error, kind)), "")
    return Trouble(f"{response.url}: {error}", hint)
