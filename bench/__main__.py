"""Runs every benchmark and writes docs/benchmarks.md: ``python -m bench [--data DIR]``.

*DIR* holds the public sentiment sets (NAME.jsonl.gz); without it the parts that read them keep what
the page already says, as do all others when ``--only`` names some. So do the parts that need real
servers where SHENGYU_TEST_SERVERS is not set: ``scripts/servers run -- python -m bench`` sets it.
"""

import argparse
import os
import platform
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

PAGE = Path("docs/benchmarks.md")
VERSIONS = ("numpy", "sqlalchemy", "apsw", "elasticsearch", "minio", "snownlp", "scrapy")
SERVERS = "SHENGYU_TEST_SERVERS"


@dataclass(frozen=True)
class Part:
    """A section of the page: its title, the module that measures it, and what that takes."""

    title: str
    module: str
    arguments: tuple[str, ...] = ()
    reads_data: bool = False
    needs_servers: bool = False

    @property
    def command(self) -> str:
        """What anyone can type to measure it again."""
        first = "scripts/servers run -- " if self.needs_servers else ""
        data = ["--data", "DIR"] if self.reads_data else []
        return first + " ".join(["python -m", self.module, *self.arguments, *data])

    def fits(self, data: Path | None) -> bool:
        """Say whether what the part takes is at hand."""
        if self.needs_servers and SERVERS not in os.environ:
            return False
        return data is not None or not self.reads_data


PARTS = (
    Part("Ingest", "bench.ingest"),
    Part("Crawling", "bench.crawl"),
    Part("Article extraction", "bench.extraction", reads_data=True),
    Part("From post to mail", "bench.latency"),
    Part("Imports", "bench.importing", ("200000",)),
    Part("A case beside a bulk load", "bench.stores"),
    Part("Search, embedded", "bench.search", ("--mentions", "1000000", "--curve")),
    Part(
        "Search, Elasticsearch",
        "bench.search",
        ("--engine", "elasticsearch", "--processes", "2", "--mentions", "200000"),
        needs_servers=True,
    ),
    Part("Files", "bench.objects", needs_servers=True),
    Part("Sentiment", "bench.sentiment", reads_data=True),
    Part("Hard language", "bench.hard_language"),
    Part("Corrections", "bench.correcting", reads_data=True),
    Part("Watchlist matching", "bench.matching"),
    Part("Competitor activity", "bench.activity"),
    Part("Wording check", "bench.wording"),
    Part("Proposed messages", "bench.answers"),
)


def main() -> None:
    """Run the parts one after the other and write the page after each."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--data", type=Path, help="folder of NAME.jsonl.gz sets")
    parser.add_argument(
        "--only",
        action="append",
        choices=[part.title for part in PARTS],
        help="measure this part alone and keep the others as they stand; may be repeated",
    )
    asked = parser.parse_args()
    bodies = sections(PAGE.read_text(encoding="utf-8")) if PAGE.exists() else {}
    for part in PARTS:
        if (not asked.only or part.title in asked.only) and part.fits(asked.data):
            bodies[part.title] = measured(part, asked.data)
            PAGE.write_text(page(bodies), encoding="utf-8")
    print(f"written to {PAGE}")


def page(bodies: Mapping[str, str]) -> str:
    """Return the page with the section of each part."""
    rule = "Every table is made by the command above it. Compare ratios, not seconds."
    told = [
        f"## {part.title}\n\n{bodies.get(part.title, 'Not measured yet.').strip()}"
        for part in PARTS
    ]
    return "\n\n".join(["# Benchmarks", rule, *told]) + "\n"


def measured(part: Part, data: Path | None) -> str:
    """Run one part in a process of its own and return its section."""
    given = ["--data", str(data)] if part.reads_data else []
    done = subprocess.run(
        [sys.executable, "-m", part.module, *part.arguments, *given],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    return f"`{part.command}` · {machine()}\n{done.stdout}"


def machine() -> str:
    """Where and with what it was measured."""
    model = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
            if line.startswith("model name")
        ),
        platform.machine(),
    )
    versions = ", ".join(f"{name} {version(name)}" for name in VERSIONS)
    day = datetime.now(UTC).date().isoformat()
    return f"{day}, {model}, Python {platform.python_version()}, {versions}\n"


def sections(page: str) -> dict[str, str]:
    """Return the page's sections by their titles."""
    return {
        title.strip(): body
        for title, _, body in (part.partition("\n") for part in page.split("\n## ")[1:])
    }


if __name__ == "__main__":
    main()
