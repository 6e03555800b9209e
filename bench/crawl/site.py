"""A news site on loopback: lists of a hundred links each, and articles as heavy as real ones."""

import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing import Process, Queue
from typing import Final

LINKS_A_LIST: Final = 100
_PARAGRAPHS: Final = 12
_SENTENCES: Final = (
    "星澜科技昨日发布新一代净化器，噪音比上一代低了三分之一。",
    "有用户在论坛表示，更换滤芯之后仍有异味，客服建议再观察两天。",
    "业内人士认为，今年的价格战比往年来得更早，中小品牌压力不小。",
    "公司回应称，已经联系到当事人，检测结果将在一周内公布。",
    "记者走访了三家门店，店员都说这一款卖得最好，现货不多。",
)


def article(number: int) -> bytes:
    """Return one article page, some 50 KB with what stands around it, UTF-8."""
    chance = random.Random(number)
    body = "".join(f"<p>{''.join(chance.choices(_SENTENCES, k=4))}</p>" for _ in range(_PARAGRAPHS))
    menu = "".join(f'<li><a href="/channel/{n}">频道{n}</a></li>' for n in range(60))
    aside = "".join(
        f'<li><a href="/a/{chance.randrange(9_999)}.html">相关报道：{chance.choice(_SENTENCES)}</a>'
        f'<span class="time">11-{n % 28 + 1:02d}</span></li>'
        for n in range(80)
    )
    script = "<script>" + "var tracking = [];" * 500 + "</script>"
    return (
        f"<!DOCTYPE html><html><head><meta charset='utf-8'><title>净化器第{number}次涨价_江城晚讯"
        f"</title><meta property='article:published_time' content='2025-11-03T08:09:10+08:00'>"
        f"{script}</head><body><div class='nav'><ul>{menu}</ul></div>"
        f"<div class='main'><h1>净化器第{number}次涨价</h1>"
        f"<div class='info'><span class='author'>林小雨</span><span>2025-11-03 08:09</span></div>"
        f"<div class='body'>{body}</div></div><div class='aside'><ul>{aside}</ul></div>"
        f"{script}<div class='footer'>版权所有 江城晚讯</div></body></html>"
    ).encode()


def listing(number: int, pages: int) -> bytes:
    """Return list page *number* of the site's *pages* articles."""
    first = number * LINKS_A_LIST
    last = min(first + LINKS_A_LIST, pages)
    links = "".join(
        f'<li><a href="/a/{n}.html">净化器第{n}次涨价</a></li>' for n in range(first, last)
    )
    more = f'<a class="next" href="/list/{number + 1}">下一页</a>' if last < pages else ""
    return f"<html><meta charset='utf-8'><ul class='news'>{links}</ul>{more}</html>".encode()


@contextmanager
def serving(pages: int) -> Iterator[int]:
    """Serve the site from a process of its own, and give its port."""
    told: Queue[int] = Queue()
    server = Process(target=_serve, args=(pages, told), daemon=True)
    server.start()
    try:
        yield told.get(timeout=60)
    finally:
        server.terminate()
        server.join()


def _serve(pages: int, told: "Queue[int]") -> None:
    answers = {f"/a/{n}.html": article(n) for n in range(pages)}
    answers |= {f"/list/{n}": listing(n, pages) for n in range(-(-pages // LINKS_A_LIST))}

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        # One packet an answer: the next request would wait for the delayed acknowledgement.
        wbufsize = -1

        def do_GET(self) -> None:
            found = answers.get(self.path)
            body = found or b"User-agent: *\nAllow: /\n"
            self.send_response(200 if found or self.path == "/robots.txt" else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    told.put(server.server_address[1])
    threading.Thread(target=server.serve_forever).run()
