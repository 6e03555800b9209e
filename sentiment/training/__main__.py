"""``python -m sentiment.training --data DIR [--out FILE] [--seed N] [--leave-out NAME …]``."""

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from core.clock import SystemClock
from core.errors import UserError
from sentiment.engines.ngram_model import Model
from sentiment.training.card import Findings, model_card
from sentiment.training.data import DataSet
from sentiment.training.measure import Measured, Predictions, alarm_points
from sentiment.training.pipeline import leave_out, predict_dev, train
from sentiment.training.sets import training_sets

_SHIPPED = Path(__file__).parents[1] / "models" / "ngram.npz"
_THRESHOLDS = (0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.9)


def main(arguments: Sequence[str] | None = None) -> int:
    """Train, write weights and card, and return the exit status."""
    asked = _parser().parse_args(arguments)
    try:
        sets = training_sets(asked.data, asked.seed)
        _demand_known(asked.leave_out, sets)
    except UserError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    model = train(sets, asked.seed)
    asked.out.parent.mkdir(parents=True, exist_ok=True)
    model.save(asked.out)
    unseen = {name: leave_out(sets, name, asked.seed) for name in asked.leave_out}
    card = model_card(_findings(model, sets, unseen, asked))
    asked.out.with_suffix(".md").write_text(card, encoding="utf-8")
    return 0


def _findings(
    model: Model,
    sets: Sequence[DataSet],
    unseen: Mapping[str, Predictions],
    asked: argparse.Namespace,
) -> Findings:
    dev = predict_dev(model, sets)
    left_out = "".join(f" --leave-out {name}" for name in asked.leave_out)
    return Findings(
        sets,
        Measured.of(dev),
        Measured.of(unseen),
        alarm_points([each for each in dev.values() if each.has_neutral], _THRESHOLDS),
        f"python -m sentiment.training --data DIR --seed {asked.seed}{left_out}",
        SystemClock().now().date(),
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m sentiment.training", description="Train the n-gram sentiment engine."
    )
    parser.add_argument("--data", type=Path, required=True, help="folder of NAME.jsonl.gz sets")
    parser.add_argument(
        "--out", type=Path, default=_SHIPPED, help="weights file; the card goes beside it"
    )
    parser.add_argument("--seed", type=int, default=1, help="order of the rows (default 1)")
    parser.add_argument(
        "--leave-out",
        action="append",
        default=[],
        metavar="NAME",
        help="also train without this set and measure on it; may be repeated",
    )
    return parser


def _demand_known(names: Sequence[str], sets: Sequence[DataSet]) -> None:
    known = [data.name for data in sets]
    for name in names:
        if name not in known:
            raise UserError(f"--leave-out {name}: no such set. Use one of: {', '.join(known)}.")


if __name__ == "__main__":
    raise SystemExit(main())
