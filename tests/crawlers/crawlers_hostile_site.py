"""A server below HTTP: it sends what no web server would send, byte by byte, for ever, or half."""

import gzip
import socket
import socketserver
import struct
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import brotli
from backports import zstd
from crawlers_bad_site import LAUGHS, STORY, item, rss

MIB = 1024 * 1024
BOMB = 300 * MIB
RSS = b"Content-Type: application/rss+xml; charset=utf-8\r\n"
PAGE = b"Content-Type: text/html; charset=utf-8\r\n"
Send = Callable[[bytes], None]
FEED = rss(item(1), item(2))


def head(status: str, *lines: bytes) -> bytes:
    """The head of an answer after which the connection is closed."""
    return f"HTTP/1.1 {status}\r\nConnection: close\r\n".encode() + b"".join(lines) + b"\r\n"


def whole(body: bytes, *lines: bytes) -> bytes:
    """A whole answer."""
    return head("200 OK", f"Content-Length: {len(body)}\r\n".encode(), *lines) + body


def packed(how: str) -> bytes:
    """300 MB of blanks in a feed, packed as *how* says, made piece by piece."""
    blanks = b" " * MIB
    pieces = [b"<rss><channel>", *[blanks] * (BOMB // MIB), b"</channel></rss>"]
    if how == "br":
        packer = brotli.Compressor(quality=1)
        return b"".join([*map(packer.process, pieces), packer.finish()])
    if how == "zstd":
        squeezing = zstd.ZstdCompressor(level=1)
        return b"".join([*map(squeezing.compress, pieces), squeezing.flush()])
    bits = 31 if how == "gzip" else 15
    deflating = zlib.compressobj(1, wbits=bits)
    return b"".join([*map(deflating.compress, pieces), deflating.flush()])


class HostileSite:
    """What it does is told by the path; *asked* holds the paths in their order."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.heads: list[str] = []
        self.robots: Callable[[Send], None] = lambda send: send(head("404 Not Found"))
        self.stopped = threading.Event()
        self._packed: dict[str, bytes] = {}
        site = self

        class Handler(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                with suppress(OSError):  # whoever was hurt hangs up
                    site.serve(self.request)

        class Server(socketserver.ThreadingTCPServer):
            daemon_threads = True
            allow_reuse_address = True

        self.server = Server(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        self.pair = f"127.0.0.1:{self.port}"
        self.base = f"http://{self.pair}"

    def serve(self, connection: socket.socket) -> None:
        """Answer one request and hang up."""
        asked = b""
        while b"\r\n\r\n" not in asked:
            more = connection.recv(65536)
            if not more:
                return
            asked += more
        path = asked.split(b" ", 2)[1].decode()
        self.asked.append(path)
        self.heads.append(asked.decode("latin-1"))
        if path == "/robots.txt":
            self.robots(connection.sendall)
            return
        name = path.strip("/").split("/")[0].replace("-", "_")
        answer: Any = getattr(self, f"on_{name}")
        if name == "reset":
            self.on_reset(connection)
        else:
            answer(connection.sendall)

    def drip(self, send: Send, data: bytes, pause_s: float = 1.0) -> None:
        """Send *data* a byte at a time."""
        for at in range(len(data)):
            send(data[at : at + 1])
            if self.stopped.wait(pause_s):
                return

    def bomb(self, send: Send, how: str, *lines: bytes) -> None:
        """Send 300 MB in little."""
        body = self._packed.setdefault(how, packed(how))
        send(whole(body, RSS, f"Content-Encoding: {how}\r\n".encode(), *lines))

    def on_gzip(self, send: Send) -> None:
        self.bomb(send, "gzip")

    def on_deflate(self, send: Send) -> None:
        self.bomb(send, "deflate")

    def on_br(self, send: Send) -> None:
        self.bomb(send, "br")

    def on_zstd(self, send: Send) -> None:
        self.bomb(send, "zstd")

    def on_nested(self, send: Send) -> None:
        body = gzip.compress(self._packed.setdefault("gzip", packed("gzip")))
        send(whole(body, RSS, b"Content-Encoding: gzip, gzip\r\n"))

    def on_no_gzip(self, send: Send) -> None:
        send(whole(FEED, RSS, b"Content-Encoding: gzip\r\n"))

    def on_cut_gzip(self, send: Send) -> None:
        send(whole(gzip.compress(FEED)[:-30], RSS, b"Content-Encoding: gzip\r\n"))

    def on_laughs(self, send: Send) -> None:
        send(whole(LAUGHS.encode(), RSS))

    def on_quadratic(self, send: Send) -> None:
        text = (
            '<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "' + "哈" * 100_000 + '">]>'
            "<rss version='2.0'><channel><item><title>" + "&a;" * 100_000 + "</title></item>"
        )
        send(whole(f"{text}</channel></rss>".encode(), RSS))

    def on_deep(self, send: Send) -> None:
        inside = "<a>" * 200_000
        send(whole(rss(f"<item><description>{inside}</description></item>"), RSS))

    def on_plain_300(self, send: Send) -> None:
        send(head("200 OK", RSS))
        for _ in range(BOMB // MIB):
            send(b" " * MIB)

    def on_told_300(self, send: Send) -> None:
        send(head("200 OK", RSS, f"Content-Length: {BOMB}\r\n".encode()))
        for _ in range(BOMB // MIB):
            send(b" " * MIB)

    def on_endless(self, send: Send) -> None:
        send(head("200 OK", RSS) + b"<rss><channel>")
        while not self.stopped.wait(0.05):
            send(item(1).encode())

    def on_drip_body(self, send: Send) -> None:
        send(head("200 OK", RSS))
        self.drip(send, FEED)

    def on_drip_head(self, send: Send) -> None:
        self.drip(send, whole(FEED, RSS))

    def on_silent(self, send: Send) -> None:
        self.stopped.wait(30)

    def on_reset(self, connection: socket.socket) -> None:
        """Half a body, then a reset instead of an end."""
        lines = f"Content-Length: {len(FEED)}\r\n".encode()
        connection.sendall(head("200 OK", RSS, lines) + FEED[: len(FEED) // 2])
        time.sleep(0.1)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.close()

    def on_promises_more(self, send: Send) -> None:
        lines = f"Content-Length: {len(FEED) + 1000}\r\n".encode()
        send(head("200 OK", RSS, lines, b'ETag: "more"\r\n') + FEED)

    def on_promises_less(self, send: Send) -> None:
        lines = f"Content-Length: {len(FEED) - 40}\r\n".encode()
        send(head("200 OK", RSS, lines, b'ETag: "less"\r\n') + FEED)

    def on_no_number(self, send: Send) -> None:
        send(head("200 OK", RSS, b"Content-Length: many\r\n") + FEED)

    def on_two_lengths(self, send: Send) -> None:
        send(head("200 OK", RSS, b"Content-Length: 5\r\nContent-Length: 9\r\n") + FEED)

    def on_chunks(self, send: Send) -> None:
        send(head("200 OK", RSS, b"Transfer-Encoding: chunked\r\n") + b"xyz\r\nwhat\r\n-5\r\n")

    def on_cut_chunks(self, send: Send) -> None:
        size = f"{len(FEED):x}\r\n".encode()
        send(head("200 OK", RSS, b"Transfer-Encoding: chunked\r\n") + size + FEED + b"\r\n")

    def on_many_headers(self, send: Send) -> None:
        send(b"HTTP/1.1 200 OK\r\n")
        for number in range(2_000_000):
            send(f"X-{number}: {'a' * 100}\r\n".encode())

    def on_long_header(self, send: Send) -> None:
        send(b"HTTP/1.1 200 OK\r\nX-Long: ")
        for _ in range(300):
            send(b"a" * MIB)

    def on_no_http(self, send: Send) -> None:
        send(b"SSH-2.0-OpenSSH_9.2\r\n")

    def on_nothing(self, send: Send) -> None:
        return

    def on_cookies(self, send: Send) -> None:
        send(whole(FEED, RSS, b"Set-Cookie: who=you; Path=/\r\n"))

    def on_article(self, send: Send) -> None:
        send(whole(STORY.encode(), PAGE, b"Set-Cookie: who=you; Path=/\r\n"))

    def on_list(self, send: Send) -> None:
        links = "".join(f'<li><a href="/article/{number}">a</a></li>' for number in range(3))
        send(whole(f"<ul>{links}</ul>".encode(), PAGE, b"Set-Cookie: who=you; Path=/\r\n"))

    def on_unasked(self, send: Send) -> None:
        send(head("304 Not Modified", b'ETag: "never"\r\n'))


@contextmanager
def hostility() -> Iterator[HostileSite]:
    """A hostile site until the block ends."""
    site = HostileSite()
    thread = threading.Thread(target=site.server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield site
    finally:
        site.stopped.set()
        site.server.shutdown()
        site.server.server_close()
        thread.join()
