"""How well and how fast the text of article pages is found.

``python -m bench.extraction --data DIR`` reads saved Chinese pages (``pages.jsonl`` in *DIR*, or in
a folder ``pages`` beside it), those that have a reference text of
their own, and prints a Markdown table: the
mean over pages of the F1 of character 5-grams, white space left out, and CPU milliseconds a page,
best of three. Ours is timed whole, with title, author and date; the others find the text alone.
"""

import argparse
import gzip
import json
import statistics
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from crawlers.encoding import decode
from crawlers.extraction import extract
from crawlers.extraction.article import generic_text
from crawlers.plain_text import html_to_text

NOW = datetime(2026, 1, 1, tzinfo=UTC)
_WIDTH, _ROUNDS = 5, 3
Finds = Callable[[str, str], str]


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(prog="python -m bench.extraction", description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    pages = _pages(parser.parse_args().data)
    print("\n### Article extraction\n")
    print(f"{len(pages)} saved pages with a reference text.\n")
    print("| | F1, mean | F1, lowest | CPU ms a page, median | longest |")
    print("|---|---|---|---|---|")
    for name, finds in FINDERS.items():
        scores, times = zip(*(_measured(finds, *each) for each in pages), strict=True)
        print(
            f"| {name} | {statistics.mean(scores):.3f} | {min(scores):.3f} "
            f"| {statistics.median(times):.1f} | {max(times):.1f} |"
        )


def _pages(data: Path) -> list[tuple[str, str, str]]:
    """Return page, URL and reference text of each page that has one."""
    folder = data if (data / "pages.jsonl").exists() else data.parent / "pages"
    rows = [json.loads(line) for line in (folder / "pages.jsonl").open(encoding="utf-8")]
    found = [
        (
            decode(gzip.decompress((folder / row["file"]).read_bytes())),
            f"http://{row.get('host') or 'unknown.example'}/1.html",
            row["text"],
        )
        for row in rows
        if row.get("text")
    ]
    return [each for each in found if _belongs(each[2], each[0])]


def _belongs(reference: str, page: str) -> bool:
    """Say whether the page holds its reference at all: one of another article measures nothing."""
    wanted, held = _grams(reference), _grams(html_to_text(page))
    return (wanted & held).total() >= wanted.total() / 2


def _measured(finds: Finds, page: str, url: str, reference: str) -> tuple[float, float]:
    times = []
    for _ in range(_ROUNDS):
        began = time.process_time()
        found = finds(page, url)
        times.append((time.process_time() - began) * 1000)
    return f1(found, reference), min(times)


def f1(found: str, reference: str) -> float:
    """Return the F1 of the character 5-grams of two texts, each counted as often as it stands."""
    a, b = _grams(found), _grams(reference)
    return 2 * (a & b).total() / ((a.total() + b.total()) or 1)


def _grams(text: str) -> Counter[str]:
    solid = "".join(text.split())
    return Counter(solid[at : at + _WIDTH] for at in range(max(1, len(solid) - _WIDTH + 1)))


def _ours(page: str, url: str) -> str:
    return extract(page, url, NOW).text


def _readability(page: str, url: str) -> str:
    from readability import Document

    return html_to_text(Document(page).summary(html_partial=True))


def _trafilatura(page: str, url: str) -> str:
    import trafilatura

    return trafilatura.extract(page, url=url, include_comments=False) or ""


FINDERS: dict[str, Finds] = {
    "ours": _ours,
    "ours, no host's rule": generic_text,
    "readability-lxml": _readability,
    "trafilatura": _trafilatura,
}

if __name__ == "__main__":
    main()
