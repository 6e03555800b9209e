"""The two sentiment engines side by side on held-back rows, as Markdown on stdout.

``python -m bench.sentiment --data DIR [--rows N]`` from the root of the project. Both engines read
the same rows: all dev rows, or N of each set, taken evenly. Rates are those of one process on its
own, without the time to load.
"""

import argparse
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from sentiment.scorer import Scorer, load_scorer
from sentiment.training.card import figures_table
from sentiment.training.data import DataSet, Rows, load_sets
from sentiment.training.measure import Figures, measure

ENGINES = ("snownlp", "ngram")
RATE_TEXTS, SINGLE_TEXTS = 4_000, 300


def main() -> None:
    """Measure each engine and print its tables."""
    parser = argparse.ArgumentParser(prog="python -m bench.sentiment", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of NAME.jsonl.gz sets")
    parser.add_argument("--rows", type=int, help="dev rows of each set (default all)")
    asked = parser.parse_args()
    sets = load_sets(asked.data)
    rates = []
    for name in ENGINES:
        started = time.perf_counter()
        scorer = load_scorer(name)
        scorer.score(["你好"])
        loaded = time.perf_counter() - started
        print(f"\n### {scorer.name}\n\n{figures_table(_figures(scorer, sets, asked.rows))}")
        batched, single = _rates(scorer, sets)
        rates.append(f"| {scorer.name} | {loaded:.2f} | {batched:,.0f} | {single:,.0f} |")
    print("\n### Speed\n\n| engine | load, s | texts/s in one call | texts/s one by one |")
    print("|---|---|---|---|", *rates, sep="\n")


def _figures(scorer: Scorer, sets: Sequence[DataSet], limit: int | None) -> dict[str, Figures]:
    return {
        data.name: _measured(scorer, data, data.dev if limit is None else data.dev.thinned(limit))
        for data in sets
        if len(data.dev)
    }


def _measured(scorer: Scorer, data: DataSet, rows: Rows) -> Figures:
    scores = scorer.score(rows.texts, data.source_type)
    found = np.array([[each.p_negative, each.p_neutral, each.p_positive] for each in scores])
    return measure(found, rows.labels, has_neutral=data.has_neutral)


def _rates(scorer: Scorer, sets: Sequence[DataSet]) -> tuple[float, float]:
    """Return texts a second in one call and one by one, on texts that were not scored before."""
    share = RATE_TEXTS // len(sets)
    fresh = [text for data in sets for text in data.train.texts[:share]]
    few = [text for data in sets for text in data.train.texts[share : share + SINGLE_TEXTS // 15]]
    if scorer.name.startswith("snownlp"):
        fresh = fresh[:: RATE_TEXTS // SINGLE_TEXTS]  # some hundred texts a second are enough
    started = time.perf_counter()
    scorer.score(fresh)
    batched = len(fresh) / (time.perf_counter() - started)
    started = time.perf_counter()
    for text in few:
        scorer.score([text])
    return batched, len(few) / (time.perf_counter() - started)


if __name__ == "__main__":
    main()
