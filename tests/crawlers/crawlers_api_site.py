"""A real HTTP server whose answers each test writes itself: JSON APIs, sitemaps, articles."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

Answer = tuple[int, dict[str, str], bytes]
JSON = {"Content-Type": "application/json"}
HTML = {"Content-Type": "text/html; charset=utf-8"}
XML = {"Content-Type": "application/xml"}


@dataclass(frozen=True)
class Asked:
    """One request as it came in."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes


def as_json(value: Any) -> Answer:
    """A JSON answer."""
    return 200, JSON, json.dumps(value, ensure_ascii=False).encode()


def article(title: str, text: str, more: str = "") -> Answer:
    """An article page with two paragraphs."""
    body = (
        f"<html><head><title>{title}</title></head><body><article><h1>{title}</h1>"
        f"<div class=body><p>{text}</p><p>客服回复称成本上升，用户等待进一步的说明。</p></div>"
        f"</article>{more}</body></html>"
    )
    return 200, HTML, body.encode()


@dataclass
class ApiSite:
    """The server: *routes* by path, what it was *asked*, its *base* address and *pair*."""

    routes: dict[str, Callable[[Asked], Answer]] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    port: int = 0

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def pair(self) -> str:
        return f"127.0.0.1:{self.port}"

    def paths(self) -> list[str]:
        """Paths asked for, without robots.txt."""
        return [each.path for each in self.asked if each.path != "/robots.txt"]

    def answer(self, asked: Asked) -> Answer:
        self.asked.append(asked)
        route = self.routes.get(asked.path)
        return route(asked) if route else (404, HTML, b"gone")


@contextmanager
def serving_api() -> Iterator[ApiSite]:
    """A site that answers until the block ends."""
    site = ApiSite()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _serve(self) -> None:
            parts = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            query = dict(parse_qsl(parts.query))
            asked = Asked(self.command, parts.path, query, dict(self.headers), body)
            status, headers, answer = site.answer(asked)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            try:
                self.wfile.write(answer)
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True

        do_GET = do_POST = _serve  # noqa: N815 (the server's interface)

        def log_message(self, format: str, *args: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    site.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
