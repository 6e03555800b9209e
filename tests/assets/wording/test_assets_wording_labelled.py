"""The wording check on labelled sentences: what it must find, and what it must leave alone."""

import json
from pathlib import Path

import pytest

from assets.wording import check, load_rules

ROWS = json.loads(Path(__file__).with_name("labelled.json").read_text(encoding="utf-8"))
FLOOR = 0.95


@pytest.mark.parametrize("part", ["tuning", "held_back"])
def test_precision_and_recall_stay_above_their_floors(part: str) -> None:
    hits, missed, flagged = 0, [], []
    for row in (row for row in ROWS if row["part"] == part):
        findings = check(row["text"], load_rules())
        if row["matched"] is None:
            flagged += [(row["text"], [found.matched for found in findings])] if findings else []
            continue
        start = row["text"].index(row["matched"])
        end = start + len(row["matched"])
        found = any(
            each.category == row["category"] and each.start < end and start < each.end
            for each in findings
        )
        hits += found
        missed += [] if found else [row["text"]]
    precision, recall = hits / (hits + len(flagged)), hits / (hits + len(missed))
    figures = f"precision {precision:.3f}, recall {recall:.3f}; {missed=}; {flagged=}"
    assert min(precision, recall) >= FLOOR, figures


def test_the_set_holds_enough_of_both_kinds() -> None:
    bad = [row for row in ROWS if row["matched"]]
    assert len(bad) >= 120
    assert len(ROWS) - len(bad) >= 120
    assert {row["category"] for row in bad} == {rule.category for rule in load_rules().rules}
    assert all(row["matched"] in row["text"] for row in bad)
