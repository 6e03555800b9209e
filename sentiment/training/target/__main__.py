"""``python -m sentiment.training.target --data DIR [--out FILE] [--seed N] [--net FILE]``.

The n-gram model and the net behind it must have been trained before: the fit begins with the
weights of that net, and the windows are scored by both.
"""

import argparse
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from core.clock import SystemClock
from core.errors import UserError
from sentiment.engines.charnet import SecondOpinion
from sentiment.engines.ngram import NgramScorer
from sentiment.training.data import load_sets
from sentiment.training.net.one_core import keep_to_one_core
from sentiment.training.target.card import Findings, target_card
from sentiment.training.target.data import load_target_sets
from sentiment.training.target.pipeline import blended

_MODELS = Path(__file__).parents[2] / "models"


def main(arguments: Sequence[str] | None = None) -> int:
    """Train, write weights and card, and return the exit status."""
    asked = _parser().parse_args(arguments)
    if find_spec("jax") is None:
        sys.stderr.write("Training the net needs JAX: pip install 'shengyu[train]'.\n")
        return 2
    try:
        targets, texts = (
            load_target_sets(asked.data / "target"),
            load_sets(asked.data / "sentiment"),
        )
        net = SecondOpinion.load(asked.net).net
    except UserError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    keep_to_one_core()
    from sentiment.training.target.descent import fit

    found = blended(fit(targets, texts, net, asked.seed), NgramScorer(), targets, texts, asked.seed)
    asked.out.parent.mkdir(parents=True, exist_ok=True)
    found.opinion.save(asked.out)
    command = f"python -m sentiment.training.target --data DIR --seed {asked.seed}"
    card = target_card(Findings(targets, texts, found, command, SystemClock().now().date()))
    asked.out.with_suffix(".md").write_text(card, encoding="utf-8")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m sentiment.training.target", description="Train the net towards a target."
    )
    parser.add_argument(
        "--data", type=Path, required=True, help="folder with target/ and sentiment/, sets in each"
    )
    parser.add_argument(
        "--net", type=Path, default=_MODELS / "charnet.npz", help="text net to begin with"
    )
    parser.add_argument(
        "--out", type=Path, default=_MODELS / "target.npz", help="weights; the card goes beside"
    )
    parser.add_argument("--seed", type=int, default=1, help="order of the rows (default 1)")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
