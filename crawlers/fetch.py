"""Pages for ``shengyu fetch``: one subprocess for all URLs of a call.

``python -m crawlers.fetch`` reads ``{"urls", "allow_private", "ignore_robots"}`` from stdin and
prints a record a line, in the order of the URLs.
"""

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from typing import Any, Final

from crawlers.addon import politeness
from crawlers.addresses import AllowList
from crawlers.job import WATCHED
from crawlers.launch import child_environment
from crawlers.run import stop_on_signal, watch_parent

_DELAY_S: Final = 1.0


def fetch_pages(
    urls: Sequence[str], allow_private: bool = False, ignore_robots: bool = False
) -> Iterator[dict[str, Any]]:
    """Yield one record for each of *urls*, in order: the fields of the contract, or an error.

    With *allow_private* every address may be reached and hosts are not spared by a delay: it is
    for one's own. A URL that was not answered because the process died gets an error too.
    """
    request = {"urls": list(urls), "allow_private": allow_private, "ignore_robots": ignore_robots}
    process = subprocess.Popen(  # noqa: S603 (our own interpreter and module)
        [sys.executable, "-P", "-m", "crawlers.fetch", WATCHED],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=child_environment(),
        start_new_session=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    answered = 0
    try:
        _write(process, json.dumps(request).encode() + b"\n")
        for line in process.stdout:
            yield json.loads(line)
            answered += 1
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
        _close(process)
    for url in urls[answered:]:
        yield {"url": url, "error": "The fetching process ended before it came to this page."}


def main() -> int:
    """Fetch what stdin asks for."""
    from scrapy.crawler import AsyncCrawlerProcess

    from crawlers.spiders.pages import PagesSpider

    request = json.loads(sys.stdin.readline())
    if WATCHED in sys.argv:
        watch_parent()
    process = AsyncCrawlerProcess(_settings(request))
    process.crawl(PagesSpider, urls=request["urls"], emit=_print)
    stop_on_signal(process)
    process.start(install_signal_handlers=False)
    return 0


def _settings(request: dict[str, Any]) -> dict[str, Any]:
    everything = bool(request["allow_private"])
    return politeness(
        delay_s=0.0 if everything else _DELAY_S,
        obey_robots=not request["ignore_robots"],
        contact=None,
        max_pages=0,
        max_seconds=0,
    ) | {
        # The person reads each failure as a record; a log beside it would say it twice.
        "LOG_LEVEL": "CRITICAL",
        "CLOSESPIDER_PAGECOUNT": 0,
        "SHENGYU_ALLOW_PRIVATE": AllowList(everything=everything),
    }


def _print(record: dict[str, Any]) -> None:
    sys.stdout.buffer.write(json.dumps(record, ensure_ascii=False).encode("utf-8", "replace"))
    sys.stdout.buffer.write(b"\n")
    sys.stdout.buffer.flush()


def _write(process: "subprocess.Popen[bytes]", line: bytes) -> None:
    assert process.stdin is not None
    try:
        process.stdin.write(line)
        process.stdin.flush()
    except BrokenPipeError:
        return  # it died at once; every URL gets its error below


def _close(process: "subprocess.Popen[bytes]") -> None:
    assert process.stdin is not None
    try:
        process.stdin.close()
    except BrokenPipeError:
        return


if __name__ == "__main__":
    sys.exit(main())
