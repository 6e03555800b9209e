"""A real HTTP server that behaves well on some paths and badly on others."""

import gzip
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TypeVar

from crawlers.job import CrawlJob

AnySite = TypeVar("AnySite", bound="Site")
MakeJob = Callable[..., CrawlJob]
Answer = tuple[int, dict[str, str], bytes]
HTML = {"Content-Type": "text/html; charset=utf-8"}
XML = {"Content-Type": "application/rss+xml; charset=utf-8"}


def rss(*items: str) -> bytes:
    """An RSS feed of *items*."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>t</title>'
        f"{''.join(items)}</channel></rss>"
    ).encode()


def item(number: int, text: str = "星澜净化器的滤芯又涨价了", more: str = "") -> str:
    """One RSS item."""
    return (
        f"<item><title>第{number}条</title><description>{text} {number}</description>"
        f"<link>https://weibo.example/{number}</link><guid>{number}</guid>"
        f"<pubDate>Wed, 11 Jun 2025 08:30:{number % 60:02d} GMT</pubDate>{more}</item>"
    )


LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "哈">'
    + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9))
    + "]><rss version='2.0'><channel><item><title>&j;</title></item></channel></rss>"
)
STORY = (
    "<html><head><title>净化器滤芯涨价_江城晚讯</title>"
    '<meta property="article:published_time" content="2025-11-03T08:09:10+08:00"></head>'
    "<body><h1>净化器滤芯涨价</h1><p class=by><span class=author>林小雨</span></p>"
    "<div class=body><p>星澜科技的净化器滤芯上周涨价，不少用户表示不满。</p>"
    "<p>客服回复称成本上升。</p></div>"
    "<b class=likes>1.5万</b><b class=views>3,456</b></body></html>"
)


class Site:
    """The server: its *base* address, what it was asked, and whether slow pages may go on."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.agents: list[str] = []
        self.times: list[float] = []
        self.robots = b"User-agent: *\nDisallow: /closed\n"
        self.release = threading.Event()
        self.other: Site | None = None
        site = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                site.asked.append(self.path)
                site.times.append(time.monotonic())
                site.agents.append(self.headers.get("User-Agent", ""))
                status, headers, body = site.answer(self.path, dict(self.headers))
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                try:
                    self.wfile.write(body)
                except (BrokenPipeError, ConnectionResetError):
                    self.close_connection = True

            def log_message(self, format: str, *args: object) -> None:
                return

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        self.base = f"http://127.0.0.1:{self.port}"
        self.pair = f"127.0.0.1:{self.port}"

    def answer(self, path: str, headers: dict[str, str]) -> Answer:
        """Answer one request by the first part of its path."""
        name = path.strip("/").split("/")[0].split("?")[0].replace("-", "_").replace(".", "_")
        method: Callable[[str, dict[str, str]], Answer] = getattr(self, f"on_{name}", self.on_gone)
        return method(path, headers)

    def on_gone(self, path: str, headers: dict[str, str]) -> Answer:
        return 404, HTML, "没有".encode()

    def on_robots_txt(self, path: str, headers: dict[str, str]) -> Answer:
        return 200, {"Content-Type": "text/plain"}, self.robots

    def on_closed(self, path: str, headers: dict[str, str]) -> Answer:
        return 200, XML, rss(item(1))

    def on_feed(self, path: str, headers: dict[str, str]) -> Answer:
        if headers.get("If-None-Match") == '"v1"':
            return 304, {}, b""
        more = "<dc:creator>林小雨</dc:creator>"
        validators = {"ETag": '"v1"', "Last-Modified": "Wed, 11 Jun 2025 09:00:00 GMT"}
        return 200, XML | validators, rss(item(1, more=more), item(2))

    def on_big(self, path: str, headers: dict[str, str]) -> Answer:
        return 200, XML | {"ETag": '"big"'}, rss(*(item(n) for n in range(1200)))

    def on_gbk(self, path: str, headers: dict[str, str]) -> Answer:
        body = rss(item(1)).decode().replace("UTF-8", "gb2312").encode("gbk")
        return 200, XML, body

    def on_same_link(self, path: str, headers: dict[str, str]) -> Answer:
        items = (
            f"<item><title>笔记{n}</title><description>&lt;img src='x'&gt;</description>"
            "<link>https://xhs.example/user/1</link></item>"
            for n in range(3)
        )
        return 200, XML, rss(*items)

    def on_truncated(self, path: str, headers: dict[str, str]) -> Answer:
        whole = rss(item(1), item(2), item(3))
        return 200, XML | {"ETag": '"cut"'}, whole[: whole.rindex(b"<description>") + 30]

    def on_laughs(self, path: str, headers: dict[str, str]) -> Answer:
        return 200, XML, LAUGHS.encode()

    def on_bomb(self, path: str, headers: dict[str, str]) -> Answer:
        body = gzip.compress(b"<rss>" + b" " * 60_000_000)
        return 200, XML | {"Content-Encoding": "gzip"}, body

    def on_page(self, path: str, headers: dict[str, str]) -> Answer:
        return 200, HTML, STORY.encode()

    def on_busy(self, path: str, headers: dict[str, str]) -> Answer:
        return 429, HTML | {"Retry-After": "120"}, b"slow down"

    def on_forbidden(self, path: str, headers: dict[str, str]) -> Answer:
        return 403, HTML, b"no"

    def on_broken(self, path: str, headers: dict[str, str]) -> Answer:
        return 503, HTML, b"Error: this route is empty, please check"

    def on_redirect(self, path: str, headers: dict[str, str]) -> Answer:
        assert self.other is not None
        return 302, {"Location": f"{self.other.base}/secret"}, b""

    def on_refresh(self, path: str, headers: dict[str, str]) -> Answer:
        assert self.other is not None
        body = f'<meta http-equiv="refresh" content="0;url={self.other.base}/secret">'
        return 200, HTML, body.encode()

    def on_loop(self, path: str, headers: dict[str, str]) -> Answer:
        return 302, {"Location": f"/loop/{len(self.asked)}"}, b""

    def on_slow(self, path: str, headers: dict[str, str]) -> Answer:
        self.release.wait(20)
        return 200, XML, rss(item(1))

    def on_list(self, path: str, headers: dict[str, str]) -> Answer:
        if path.endswith("/2"):
            return 200, HTML, b'<ul><li><a href="/page/3">c</a></li></ul>'
        body = (
            '<ul><li><a href="http://[">z</a></li>'
            '<li><a href="/page/1">a</a></li><li><a href="/page/2">b</a></li>'
            '<li><a href="/gone/9">x</a></li></ul><a class=next href="/list/2">下一页</a>'
        )
        return 200, HTML, body.encode()

    def on_endless(self, path: str, headers: dict[str, str]) -> Answer:
        number = int(path.rsplit("/", 1)[-1])
        links = "".join(f'<li><a href="/page/{number}-{n}">a</a></li>' for n in range(40))
        time.sleep(0.01)
        return 200, HTML, f"<ul>{links}</ul><a class=next href=/endless/{number + 1}>n</a>".encode()

    def on_empty_list(self, path: str, headers: dict[str, str]) -> Answer:
        return 200, HTML, "<p>改版了</p>".encode()

    def on_secret(self, path: str, headers: dict[str, str]) -> Answer:
        return 200, XML, rss(item(666))


@contextmanager
def serving_kind(kind: type[AnySite]) -> Iterator[AnySite]:
    """A site of *kind* that answers until the block ends."""
    site = kind()
    thread = threading.Thread(target=site.server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield site
    finally:
        site.release.set()
        site.server.shutdown()
        site.server.server_close()
        thread.join()


def serving() -> AbstractContextManager[Site]:
    """An ordinary bad site that answers until the block ends."""
    return serving_kind(Site)
