"""``python -m sentiment.training.net --data DIR [--out FILE] [--seed N] [--without NAME …]``.

The n-gram model must have been trained before; with ``--without`` a model and a net are trained
for the card that never saw those sets.
"""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

from core.clock import SystemClock
from core.errors import UserError
from sentiment.engines.charnet import SecondOpinion
from sentiment.engines.ngram_model import Model
from sentiment.training.data import DataSet, Rows
from sentiment.training.net.card import Findings, Row, net_card
from sentiment.training.net.one_core import keep_to_one_core
from sentiment.training.net.pipeline import blended, judge
from sentiment.training.pipeline import predict, train
from sentiment.training.sets import training_sets

_MODELS = Path(__file__).parents[2] / "models"


def main(arguments: Sequence[str] | None = None) -> int:
    """Train, write weights and card, and return the exit status."""
    asked = _parser().parse_args(arguments)
    if find_spec("jax") is None:
        sys.stderr.write("Training the net needs JAX: pip install 'shengyu[train]'.\n")
        return 2
    try:
        sets = training_sets(asked.data, asked.seed)
        model = Model.load(asked.ngram)
    except UserError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    keep_to_one_core()
    from sentiment.training.net.descent import fit

    second = blended(fit(sets, asked.seed), model, sets)
    asked.out.parent.mkdir(parents=True, exist_ok=True)
    second.save(asked.out)
    dev = {data.name: _row(model, second, data, data.dev) for data in sets if len(data.dev)}
    unseen = {}
    if asked.without:
        rest = [data for data in sets if data.name not in asked.without]
        model = train(rest, asked.seed)
        second = blended(fit(rest, asked.seed), model, rest)
        for data in sets:
            if data.name in asked.without:
                unseen[data.name] = _row(model, second, data, data.every)
    without = "".join(f" --without {name}" for name in asked.without)
    command = f"python -m sentiment.training.net --data DIR --seed {asked.seed}{without}"
    card = net_card(Findings(sets, dev, unseen, command, SystemClock().now().date()))
    asked.out.with_suffix(".md").write_text(card, encoding="utf-8")
    return 0


def _row(model: Model, second: SecondOpinion, data: DataSet, rows: Rows) -> Row:
    both, share = judge(model, second, rows, data.source_type)
    alone = predict(model, data, rows)
    return Row(alone, replace(alone, probabilities=both), share)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m sentiment.training.net", description="Train the net behind the n-grams."
    )
    parser.add_argument("--data", type=Path, required=True, help="folder of NAME.jsonl.gz sets")
    parser.add_argument("--ngram", type=Path, default=_MODELS / "ngram.npz", help="n-gram weights")
    parser.add_argument(
        "--out", type=Path, default=_MODELS / "charnet.npz", help="weights; the card goes beside"
    )
    parser.add_argument("--seed", type=int, default=1, help="order of the rows (default 1)")
    parser.add_argument(
        "--without",
        action="append",
        default=[],
        metavar="NAME",
        help="also train without these sets, all at once, and measure on them",
    )
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
