"""How well the engines tell the sentiment towards a target, on sets of targets in their texts."""

import gzip
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import astuple
from pathlib import Path
from typing import Any

import numpy as np

from bench.sentiment.engines import DEFAULT, FIRST_STAGE, WEIGHTS
from bench.sentiment.tables import table
from core.errors import InvalidInput
from sentiment.engines.ngram import NgramScorer
from sentiment.scorer import Score, Scorer
from sentiment.training.card import decimal
from sentiment.training.data import LABELS
from sentiment.training.measure_targets import TargetFigures, measure_targets

SOURCE_TYPES = {"stance": "weibo"}  # of the sets; all others are reviews
_HEAD = ["set", "rows", "engine", "polarity", "polarity in mixed texts", "all three labels"]

Row = Mapping[str, Any]


def target_table(folder: Path, limit: int) -> str:
    """Return the table of the sets of *folder*, on some *limit* rows of each, in Markdown."""
    scorers: dict[str, Scorer] = {FIRST_STAGE: NgramScorer(WEIGHTS), DEFAULT: NgramScorer()}
    lines = []
    for path in sorted(folder.glob("*.jsonl.gz")):
        name, rows = path.name.removesuffix(".jsonl.gz"), _sampled(list(_rows(path)), limit)
        source_type = SOURCE_TYPES.get(name, "review")
        found = {
            "n-grams alone, whole text": _figures(
                scorers[FIRST_STAGE], rows, source_type, towards=False
            )
        }
        for engine, scorer in scorers.items():
            found[engine] = _figures(scorer, rows, source_type, towards=True)
        lines += [
            [name, f"{len(rows):,}", engine, *map(decimal, astuple(figures))]
            for engine, figures in found.items()
        ]
    return table(_HEAD, lines)


def _figures(
    scorer: Scorer, rows: Sequence[Row], source_type: str, *, towards: bool
) -> TargetFigures:
    if towards:
        scores = [
            scorer.score_target(row["text"], row["start"], row["end"], source_type) for row in rows
        ]
    else:
        scores = scorer.score([row["text"] for row in rows], source_type)
    labels = np.array([LABELS.index(row["label"]) for row in rows])
    return measure_targets([row["text"] for row in rows], _probabilities(scores), labels)


def _probabilities(scores: Sequence[Score]) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    return np.array([[each.p_negative, each.p_neutral, each.p_positive] for each in scores])


def _sampled(rows: Sequence[Row], limit: int) -> list[Row]:
    """Return some *limit* rows, all rows of a text together, the texts evenly from all over."""
    texts = list(dict.fromkeys(row["text"] for row in rows))
    count = min(len(texts), max(1, round(limit * len(texts) / len(rows))))
    chosen = {texts[at] for at in np.linspace(0, len(texts) - 1, count).astype(int)}
    return [row for row in rows if row["text"] in chosen]


def _rows(path: Path) -> Iterator[Row]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            row = json.loads(line)
            inside = 0 <= row.get("start", -1) < row.get("end", -1) <= len(row.get("text", ""))
            if row.get("label") not in LABELS or not inside:
                raise InvalidInput(f"{path.name}:{number}: no known label, or no target in it.")
            yield row
