"""Pages a CPU second of our crawl and of plain Scrapy, on the same local site in one run.

``python -m bench.crawl [--pages N] [--rounds R]`` crawls N articles with each, R times in turn,
every crawl in a process pinned to one core while the site has another, and prints a Markdown
table of the best round. Both give the same items. Ours also obeys robots.txt, guards addresses,
limits sizes, masks authors and writes the items durably into a spool. Without extraction the text
comes from a CSS rule; with it ours finds it by itself and plain Scrapy asks readability-lxml.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile

from bench.crawl.site import serving
from crawlers.job import CrawlJob, CrawlReport

RULES = {
    "item": "ul.news li a",
    "next": "a.next",
    "title": "h1::text",
    "author": "span.author::text",
    "published_at": "meta[property]::attr(content)",
}
TEXT = {"text": "div.body p::text"}


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(prog="python -m bench.crawl", description=__doc__)
    parser.add_argument("--pages", type=int, default=1500)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    rates: dict[str, list[float]] = {}
    with serving(asked.pages) as port:
        for _ in range(asked.rounds):
            for extracts in (False, True):
                for who in (_plain, _ours):
                    rate = asked.pages / who(port, asked.pages, extracts)
                    rates.setdefault(f"{who.__name__}{extracts}", []).append(rate)
    print("\n### Our crawl beside plain Scrapy\n")
    print(f"{asked.pages:,} articles of some 50 KB, start of the process included.\n")
    print("| | plain Scrapy, pages/CPU s | ours, pages/CPU s | ratio |")
    print("|---|---|---|---|")
    for extracts, name in ((False, "text by a rule"), (True, "article extraction")):
        plain, ours = max(rates[f"_plain{extracts}"]), max(rates[f"_ours{extracts}"])
        print(f"| {name} | {plain:,.0f} | {ours:,.0f} | {ours / plain:.2f} |")


def _plain(port: int, pages: int, extracts: bool) -> float:
    command = [sys.executable, "-m", "bench.crawl.plain", f"http://127.0.0.1:{port}/list/0"]
    said, seconds = _measured([*command, "--extract"] if extracts else command, "")
    assert int(said) == pages, said
    return seconds


def _ours(port: int, pages: int, extracts: bool) -> float:
    with tempfile.TemporaryDirectory() as spool:
        job = CrawlJob(
            source_id="bench",
            source_name="bench",
            kind="listing",
            url=f"http://127.0.0.1:{port}/list/0",
            platform="news",
            spool=spool,
            trace_id="bench",
            pseudonym_key="00",
            rules=RULES if extracts else RULES | TEXT,
            source_type="news",
            identity="url",
            delay_s=0.0,
            max_pages=5000,
            allow_private=(f"127.0.0.1:{port}",),
        )
        command = [sys.executable, "-m", "crawlers.run"]
        said, seconds = _measured(command, job.to_json() + "\n")
    report = CrawlReport.from_json(said.strip().splitlines()[-1])
    assert report.items == pages, json.dumps(report.to_json())
    return seconds


def _measured(command: list[str], given: str) -> tuple[str, float]:
    """Return what *command* printed, and the CPU seconds that it took on one core."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    cores = sorted(os.sched_getaffinity(0))
    done = subprocess.run(
        command,
        input=given,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        preexec_fn=lambda: os.sched_setaffinity(0, cores[:1]),
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return done.stdout, seconds


if __name__ == "__main__":
    main()
