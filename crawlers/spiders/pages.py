"""Single pages for ``shengyu fetch``: extracted and handed on in the order they were asked for."""

import time
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import scrapy
from scrapy.http import Request, Response

from core.clock import isoformat
from core.errors import AddressRefused
from crawlers.addresses import split_address
from crawlers.encoding import decode
from crawlers.extraction import extract
from crawlers.hints import explain

if TYPE_CHECKING:
    from twisted.python.failure import Failure

Record = dict[str, Any]


class PagesSpider(scrapy.Spider):
    """Fetches *urls* and calls *emit* with one record for each, in order."""

    name = "pages"

    def __init__(self, urls: list[str], emit: Callable[[Record], None], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._urls, self._emit = urls, emit
        self._ready: dict[int, Record] = {}
        self._next = 0

    async def start(self) -> AsyncIterator[Any]:
        """Ask for every page; what is no web address is answered without asking."""
        # Loaded now, so that the first page's extract_ms is not the time of imports.
        extract("<p>.</p>", "http://localhost/", datetime.now(UTC))
        for place, url in enumerate(self._urls):
            try:
                split_address(url)
                request = Request(
                    url,
                    self.read,
                    errback=self.fail,
                    dont_filter=True,
                    cb_kwargs={"place": place},
                    # Kept in order on the way out, so also asked for in order.
                    priority=-place,
                )
            except (AddressRefused, ValueError) as error:
                self._done(place, {"url": url, "error": str(error)})
            else:
                yield request

    def read(self, response: Response, place: int) -> None:
        """Extract one page."""
        content_type = (response.headers.get("Content-Type") or b"").decode("latin-1")
        if content_type and not any(
            word in content_type.lower() for word in ("html", "xml", "text")
        ):
            kind = content_type.partition(";")[0]
            self._done(place, {"url": self._urls[place], "error": f"No web page but {kind}."})
            return
        began = time.perf_counter()
        article = extract(decode(response.body, content_type), response.url, datetime.now(UTC))
        took = time.perf_counter() - began
        published_at = article.published_at
        self._done(
            place,
            {
                "url": self._urls[place],
                "final_url": response.url,
                "title": article.title,
                "text": article.text,
                "published_at": isoformat(published_at) if published_at else None,
                "author": article.author,
                "extract_ms": round(took * 1000, 1),
            },
        )

    def fail(self, failure: "Failure") -> None:
        """Say why one page could not be had."""
        request: Request = failure.request  # type: ignore[attr-defined]
        place = request.cb_kwargs["place"]
        problem: Any = failure.value
        trouble = explain(problem, request.url)
        self._done(place, {"url": self._urls[place], "error": f"{trouble.error} {trouble.hint}"})

    def _done(self, place: int, record: Record) -> None:
        self._ready[place] = record
        while self._next in self._ready:
            self._emit(self._ready.pop(self._next))
            self._next += 1
