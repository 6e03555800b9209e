"""The wording check beside a naive list on the labelled sentences, as Markdown on stdout.

``python -m bench.wording`` from the root of the project. The naive list holds the same phrases as
the rules and looks for them as they are, which is what the lists that pass around do; its second
row reads the folded text, so that the folding does not count as context.
"""

import json
import time
from collections.abc import Callable
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import TypedDict

from assets.wording import RuleSet, check, load_rules
from assets.wording.folding import fold_words

LABELLED = Path("tests/assets/wording/labelled.json")
LONGEST = 100_000
HOSTILE = ("最", "最好", "最.", "不承诺保本", "月入1", "最好，最佳虚假", "①", "。")


class Row(TypedDict):
    """A labelled sentence; *matched* is what must be found, None in an innocent one."""

    part: str
    text: str
    category: str | None
    matched: str | None


Finds = Callable[[str], list[tuple[int, int, str | None]]]


def main() -> None:
    """Measure and print both tables."""
    rules = load_rules()
    finders: dict[str, Finds] = {
        "naive list": naive(rules, folded=False),
        "naive list on folded text": naive(rules, folded=True),
        f"rules, version {rules.version}": lambda text: [
            (found.start, found.end, found.category) for found in check(text, rules)
        ],
    }
    print("| part | sentences | engine | precision | recall | innocent ones flagged |")
    print("|---|---|---|---|---|---|")
    rows: list[Row] = json.loads(LABELLED.read_text(encoding="utf-8"))
    for part, of_part in groupby(rows, key=itemgetter("part")):
        sentences = list(of_part)
        for name, finds in finders.items():
            precision, recall, flagged, innocent = figures(finds, sentences)
            print(
                f"| {part} | {len(sentences)} | {name} | {precision:.3f} | {recall:.3f} "
                f"| {flagged} of {innocent} |"
            )
    seconds, worst = max((timed(rules, unit), unit) for unit in HOSTILE)
    print(
        f"\n{len(rules.rules)} rules. The slowest of {len(HOSTILE)} hostile texts of "
        f"{LONGEST:,} characters ({worst} repeated) took {seconds:.2f} s. The rules and both parts "
        "have one author, so even the held-back figures are an upper bound."
    )


def naive(rules: RuleSet, *, folded: bool) -> Finds:
    """Return a finder of the phrases of *rules* as substrings."""
    words = sorted({word for rule in rules.rules for word in rule.phrases})

    def finds(text: str) -> list[tuple[int, int, str | None]]:
        if not folded:
            return [(at, at + len(word), None) for word in words if (at := text.find(word)) >= 0]
        read = fold_words(text)
        return [
            (*read.original(at, at + len(word)), None)
            for word in words
            if (at := read.text.find(word)) >= 0
        ]

    return finds


def figures(finds: Finds, rows: list[Row]) -> tuple[float, float, int, int]:
    """Return precision, recall, innocent sentences flagged and innocent sentences.

    A sentence is found when a finding of its category touches the labelled words (a finder without
    categories only has to touch); precision is over sentences.
    """
    hit = flagged = innocent = 0
    for row in rows:
        found = finds(row["text"])
        if row["matched"] is None:
            innocent += 1
            flagged += bool(found)
            continue
        start = row["text"].index(row["matched"])
        hit += any(
            first < start + len(row["matched"]) and start < last
            for first, last, category in found
            if category in (None, row["category"])
        )
    return hit / max(hit + flagged, 1), hit / (len(rows) - innocent), flagged, innocent


def timed(rules: RuleSet, unit: str) -> float:
    """Return the seconds that *unit*, repeated to the longest text, takes."""
    text = (unit * LONGEST)[:LONGEST]
    started = time.perf_counter()
    check(text, rules)
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
