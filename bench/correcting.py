"""What a calibration from people's marks gives, as Markdown on stdout.

``python -m bench.correcting --data DIR [--rounds N]`` from the root of the project. Of each set's
dev rows some are drawn as marks; the rest tells what the calibration that they give is worth. The
peer in the same run is the shipped general calibration; "always" keeps every fit, "checked" only
those that the held-back check keeps.
"""

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np

from sentiment.calibration import Floats
from sentiment.correcting import fitting
from sentiment.scorer import load_scorer
from sentiment.training.data import DataSet, Labels, load_sets

_MARKS: Final = (50, 100, 200, 400)
_MOST_ROWS: Final = 2_000


def main() -> None:
    """Print a table of means over sets and rounds for each number of marks."""
    parser = argparse.ArgumentParser(prog="python -m bench.correcting", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of NAME.jsonl.gz sets")
    parser.add_argument("--rounds", type=int, default=20, help="draws of marks for each set")
    asked = parser.parse_args()
    scorer = load_scorer("ngram")
    scored = []
    for data in load_sets(asked.data):
        rows = data.dev.thinned(_MOST_ROWS)
        if len(rows) < 2 * _MARKS[-1]:
            continue
        found = scorer.score(rows.texts)
        probabilities = np.array([[s.p_negative, s.p_neutral, s.p_positive] for s in found])
        scored.append((data, np.log(probabilities.clip(1e-6)), rows.labels))
    print(f"{len(scored)} sets, {asked.rounds} draws of each\n")
    print("| marks | kept | accuracy: shipped | always | checked | log-loss: shipped | always |")
    print("|---|---|---|---|---|---|---|")
    for count in _MARKS:
        trials = [
            trial for each in scored for trial in _trials(*each, count=count, rounds=asked.rounds)
        ]
        kept, *figures = np.mean(trials, axis=0)
        cells = " | ".join(f"{figure:.3f}" for figure in figures)
        print(f"| {count} | {kept:.2f} | {cells} |")


def _trials(
    data: DataSet, logits: Floats, labels: Labels, *, count: int, rounds: int
) -> Iterator[tuple[float, ...]]:
    """Yield whether it was kept, three accuracies and two losses on the rest, for each draw."""
    random = np.random.default_rng(sum(map(ord, data.name)))
    for _ in range(rounds):
        order = random.permutation(len(labels))
        marks, rest = order[:count], order[count:]
        verdict = fitting.judge_fit(logits[marks], labels[marks])
        before = np.exp(logits[rest])
        after = verdict.calibration.probabilities(logits[rest])
        truth = labels[rest]
        right = [float((p.argmax(axis=1) == truth).mean()) for p in (before, after)]
        losses = [
            float(-np.log(p[np.arange(len(truth)), truth].clip(1e-9)).mean())
            for p in (before, after)
        ]
        yield float(verdict.kept), *right, right[int(verdict.kept)], *losses


if __name__ == "__main__":
    main()
