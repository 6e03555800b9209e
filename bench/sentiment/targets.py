"""How well the engines tell the sentiment towards a target, on rows that no net was fitted to."""

from collections.abc import Sequence
from dataclasses import astuple
from pathlib import Path

import numpy as np

from bench.sentiment.engines import DEFAULT, FIRST_STAGE, WEIGHTS
from bench.sentiment.tables import table
from sentiment.engines.ngram import NgramScorer
from sentiment.scorer import Score, Scorer
from sentiment.training.card import decimal
from sentiment.training.measure_targets import measure_targets
from sentiment.training.target.data import TargetRows, load_target_sets

_HEAD = ["set", "rows", "engine", "polarity", "polarity in mixed texts", "all three labels"]


def target_table(folder: Path, limit: int) -> str:
    """Return the table of the sets of *folder*, on some *limit* held-back rows of each."""
    first, default = NgramScorer(WEIGHTS), NgramScorer()
    lines = []
    for data in load_target_sets(folder):
        if not len(data.dev):
            continue
        rows = sampled(data.dev, limit)
        found = {
            "n-grams alone, whole text": first.score(_texts(rows), data.source_type),
            FIRST_STAGE: _towards(first, rows, data.source_type),
            DEFAULT: _towards(default, rows, data.source_type),
            f"{DEFAULT}, source type not told": _towards(default, rows, None),
        }
        for engine, scores in found.items():
            figures = measure_targets(_texts(rows), _probabilities(scores), rows.labels)
            lines.append([data.name, f"{len(rows):,}", engine, *map(decimal, astuple(figures))])
    return table(_HEAD, lines)


def sampled(rows: TargetRows, limit: int) -> TargetRows:
    """Return some *limit* rows, all rows of a text together, the texts evenly from all over."""
    texts = list(dict.fromkeys(_texts(rows)))
    count = min(len(texts), max(1, round(limit * len(texts) / len(rows))))
    chosen = {texts[at] for at in np.linspace(0, len(texts) - 1, count).astype(int)}
    return rows.part([at for at, text in enumerate(_texts(rows)) if text in chosen])


def _texts(rows: TargetRows) -> list[str]:
    return [aim.text for aim in rows.aims]


def _towards(scorer: Scorer, rows: TargetRows, source_type: str | None) -> list[Score]:
    return [
        scorer.score_target(aim.text, aim.spans[0].start, aim.spans[0].end, source_type)
        for aim in rows.aims
    ]


def _probabilities(scores: Sequence[Score]) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    return np.array([[each.p_negative, each.p_neutral, each.p_positive] for each in scores])
