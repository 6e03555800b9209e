"""How long from a post in a feed to the mail about it: ``python -m bench.latency [--posts N]``.

Starts the whole service (``shengyu up``) on a workspace of its own and serves a full-text feed. N
times a post appears at a moment drawn by chance; when its mail lies in the folder, the wait is
what is left of the poll interval plus what the service itself took. Prints a Markdown table.
"""

import argparse
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from alerts.policy import ensure_policy
from api.wiring import open_service
from core.settings import Settings
from core.workspace import use_workspace
from crawlers.addresses import AllowList
from crawlers.sources import SHORTEST_INTERVAL_S, SourceInput, add_source
from sentiment.brands import BrandInput, add_brand

TEXT = "星澜净化器用了三天就漏水，客服推诿，太差了，要求退货赔偿，大家千万别买。第{}次。"
_GIVE_UP_S = 3 * SHORTEST_INTERVAL_S


class _Feed:
    """The posts so far and when the feed was last asked for."""

    def __init__(self) -> None:
        self.items: list[str] = []
        self.asked_at: list[float] = []

    def publish(self, number: int) -> float:
        """Add a post and return when (monotonic)."""
        self.items.append(
            f"<item><guid>{number}-{time.time_ns()}</guid><title>{number}</title>"
            f"<description>{TEXT.format(number) * 3}{os.urandom(30).hex()}</description>"
            f"<pubDate>{format_datetime(datetime.now(UTC))}</pubDate></item>"
        )
        return time.monotonic()


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(prog="python -m bench.latency", description=__doc__)
    parser.add_argument("--posts", type=int, default=5)
    asked = parser.parse_args()
    chance = random.Random(7)
    waits = []
    with tempfile.TemporaryDirectory() as name, _serving() as (feed, port):
        mail = _prepared(Path(name), port)
        with _running(Path(name), port):
            _await(lambda: bool(feed.asked_at), "the first visit")
            for number in range(asked.posts):
                time.sleep(chance.uniform(0, SHORTEST_INTERVAL_S))
                waits.append(_wait(feed, mail, number))
    waits.sort()
    print("\n### From a post in a feed to the mail about it\n")
    print(f"{asked.posts} posts, a full-text feed visited every {SHORTEST_INTERVAL_S} s.\n")
    print("| | post → mail, s | the visit that found it → mail, s |")
    print("|---|---|---|")
    served = sorted(after for _, after in waits)
    print(f"| median | {waits[len(waits) // 2][0]:.1f} | {served[len(served) // 2]:.1f} |")
    print(f"| longest | {waits[-1][0]:.1f} | {served[-1]:.1f} |")


def _wait(feed: _Feed, mail: Path, number: int) -> tuple[float, float]:
    """Return the seconds from a post to its mail, and from the visit that found it."""
    before = _mails(mail)
    published = feed.publish(number)
    _await(lambda: _mails(mail) > before, "the mail")
    now = time.monotonic()
    visited = min(at for at in feed.asked_at if at > published)
    return now - published, now - visited


def _mails(folder: Path) -> int:
    return sum(1 for _ in folder.glob("*.eml"))


def _await(there: Callable[[], bool], what: str) -> None:
    give_up = time.monotonic() + _GIVE_UP_S
    while not there():
        if time.monotonic() > give_up:
            raise SystemExit(f"gave up waiting for {what}")
        time.sleep(0.02)


def _prepared(folder: Path, port: int) -> Path:
    """Make a workspace with a brand, somebody to tell and the feed; return its folder of mails."""
    settings = Settings.model_validate({"data_dir": folder})
    service = open_service(settings, use_workspace(folder, "main"))
    try:
        with service.records.write() as session:
            add_brand(
                session,
                BrandInput("星澜科技", aliases=["星澜"]),
                "bench",
                service.clock,
                service.ids,
            )
            ensure_policy(session, service.ids, service.clock, recipients=["pr@example.cn"])
            add_source(
                session,
                SourceInput(
                    "订阅源",
                    "feed",
                    f"http://127.0.0.1:{port}/feed",
                    "forum",
                    interval_s=SHORTEST_INTERVAL_S,
                    trusted=True,
                ),
                AllowList.parse([f"127.0.0.1:{port}"]),
                "bench",
                service.clock,
                service.ids,
            )
        return service.workspace.mail
    finally:
        service.close()


@contextmanager
def _running(folder: Path, port: int) -> Iterator[None]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        web = free.getsockname()[1]
    environment = os.environ | {
        "SHENGYU_DATA_DIR": str(folder),
        "SHENGYU_SAMPLE": "off",
        "SHENGYU_PORT": str(web),
        "SHENGYU_ALLOW_PRIVATE": f"127.0.0.1:{port}",
        "SHENGYU_LOG_LEVEL": "ERROR",
    }
    command = [sys.executable, "-m", "api.cli", "up"]
    process = subprocess.Popen(
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(30)


@contextmanager
def _serving() -> Iterator[tuple[_Feed, int]]:
    feed = _Feed()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found = self.path == "/feed"
            if found:
                feed.asked_at.append(time.monotonic())
            body = f'<rss version="2.0"><channel>{"".join(feed.items)}</channel></rss>'.encode()
            self.send_response(200 if found else 404)
            self.send_header("Content-Type", "application/rss+xml; charset=utf-8")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield feed, server.server_address[1]
    finally:
        server.shutdown()


if __name__ == "__main__":
    main()
