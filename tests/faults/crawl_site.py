"""A site of known articles, on lists and in a feed, that counts what it is asked for."""

import hashlib
import random
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

ON_A_LIST = 50
COPIES = 3
COMPLAINT = (
    "星澜净化器起火冒烟，客服推诿不处理，太失望了，质量太差，垃圾产品，骗子公司，要求退货投诉到底！"
)
WORDS = (
    "门店 地图 外观 快递 包装 颜色 尺寸 客厅 卧室 周末 上午 江城 型号 电源 遥控 滤网 白色 灰色 "  # noqa: SIM905
    "新款 展会 地铁 会员 积分 赠品 讲座 书架 窗台 阳台 走廊 早餐 公园 桥头 车站 书店".split()
)


class CrawlSite:
    """*articles* behind lists and *entries* in a feed; the first of each are one complaint."""

    def __init__(self, articles: int, entries: int) -> None:
        self.articles, self.entries = articles, entries
        self.asked: Counter[str] = Counter()
        site = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                site.asked[self.path] += 1
                status, headers, body = site.answer(self.path, self.headers.get("If-None-Match"))
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                try:
                    self.wfile.write(body)
                except OSError:
                    self.close_connection = True  # who asked was killed

            def log_message(self, format: str, *args: object) -> None:
                return

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.server.handle_error = lambda *_: None  # type: ignore[method-assign]
        self.pair = f"127.0.0.1:{self.server.server_address[1]}"
        self.base = f"http://{self.pair}"

    def answer(self, path: str, seen: str | None) -> tuple[int, dict[str, str], bytes]:
        """Answer one request."""
        kind, _, number = path.strip("/").partition("/")
        if kind == "list":
            return 200, {"Content-Type": "text/html"}, self._list(int(number)).encode()
        if kind == "article":
            text = said("a", int(number))
            page = f"<html><h1>第{number}篇</h1><div class=body><p>{text}</p></div></html>"
            return 200, {"Content-Type": "text/html; charset=utf-8"}, page.encode()
        if kind == "feed":
            return self._feed(seen)
        return 404, {"Content-Type": "text/plain"}, b""

    def articles_asked(self) -> int:
        """How many times an article was asked for."""
        return sum(times for path, times in self.asked.items() if path.startswith("/article/"))

    def _list(self, number: int) -> str:
        first = number * ON_A_LIST
        numbers = range(first, min(first + ON_A_LIST, self.articles))
        links = "".join(f'<li><a href="/article/{n}">{n}</a></li>' for n in numbers)
        more = f'<a class=next href="/list/{number + 1}">next</a>'
        return f"<ul>{links}</ul>{more if first + ON_A_LIST < self.articles else ''}"

    def _feed(self, seen: str | None) -> tuple[int, dict[str, str], bytes]:
        items = "".join(
            f"<item><guid>e{n}</guid><title>第{n}条</title>"
            f"<description>{said('e', n)}</description><link>{self.base}/entry/{n}</link></item>"
            for n in range(self.entries)
        )
        body = f'<rss version="2.0"><channel><title>t</title>{items}</channel></rss>'.encode()
        etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        if seen == etag:
            return 304, {"ETag": etag}, b""
        return 200, {"Content-Type": "application/rss+xml", "ETag": etag}, body


def said(kind: str, number: int) -> str:
    """The text of one article or entry, always the same."""
    if number < COPIES:
        return f"{COMPLAINT}（转发{kind}{number}）"
    chance = random.Random(f"{kind}{number}")
    return f"星澜用户{kind}{number}说：" + "，".join(chance.sample(WORDS, 9)) + "。"


@contextmanager
def crawl_site(articles: int, entries: int) -> Iterator[CrawlSite]:
    """A site that answers until the block ends."""
    site = CrawlSite(articles, entries)
    thread = threading.Thread(target=site.server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield site
    finally:
        site.server.shutdown()
        site.server.server_close()
        thread.join()
