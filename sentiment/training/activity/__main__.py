"""``python -m sentiment.training.activity [--out FILE] [--seed N]``."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from sentiment.training.activity.card import model_card
from sentiment.training.activity.lines import load_lines
from sentiment.training.activity.pipeline import train

_SHIPPED = Path(__file__).parents[2] / "models" / "activity.npz"


def main(arguments: Sequence[str] | None = None) -> int:
    """Train, write weights and card, and return the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m sentiment.training.activity",
        description="Train what names a competitor's activity, on the labelled lines.",
    )
    parser.add_argument(
        "--out", type=Path, default=_SHIPPED, help="weights file; the card goes beside it"
    )
    parser.add_argument("--seed", type=int, default=1, help="order and names (default 1)")
    asked = parser.parse_args(arguments)
    lines = load_lines("lines")
    model = train([line for line in lines if not line.for_test], asked.seed)
    asked.out.parent.mkdir(parents=True, exist_ok=True)
    model.save(asked.out)
    card = model_card(model, lines, load_lines("held"), asked.seed)
    asked.out.with_suffix(".md").write_text(card, encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
