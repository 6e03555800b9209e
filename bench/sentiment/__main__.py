"""SnowNLP as shipped, SnowNLP retrained and our engine side by side, as Markdown on stdout.

``python -m bench.sentiment --data DIR [--rows N] [--leave-out NAME … | --leave-out-all] [--quick]``
from the root of the project. DIR holds the labelled sets (NAME.jsonl.gz), a folder ``target``
beside it those with targets.

SnowNLP is retrained on the negative and positive train rows that ours was taught, and both are
taught again without each set that is left out. All read the same rows.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from bench.sentiment import snownlp_peer
from bench.sentiment.accuracy import compare_seen, compare_unseen, thinned
from bench.sentiment.engines import DEFAULT
from bench.sentiment.net_card import shipped_figures
from bench.sentiment.speed import FULL, QUICK, speed_tables
from bench.sentiment.tables import accuracy_tables
from bench.sentiment.targets import target_table
from core.errors import UserError
from sentiment.training.data import DataSet
from sentiment.training.sets import training_sets

SEED: Final = 1
LEFT_OUT: Final = ("weibo2018", "news3", "finseed", "stock", "waimai")  # one of each source type
CHECKED_TEXTS: Final = 10  # of each set, cut into words by SnowNLP's own code too
QUICK_ROWS, QUICK_TRAIN_ROWS = 60, 600
TARGET_ROWS: Final = 3_000


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print every table; return the exit status."""
    asked = _asked(arguments)
    try:
        sets = training_sets(asked.data, SEED)
        held = [data for data in sets if len(data.dev)]  # our own set is for learning only
        left_out = _left_out(asked, [data.name for data in held])
    except UserError as error:
        print(error, file=sys.stderr)
        return 2
    print(f"### Speed and memory\n\n{speed_tables(held, QUICK if asked.quick else FULL)}")
    taught = thinned(sets, asked.train_rows)
    seen = accuracy_tables(compare_seen(taught, asked.rows))
    print(f"\n### Dev rows of sets that all were taught\n\n{_taught(taught, asked.rows)}\n\n{seen}")
    if left_out:
        compared = compare_unseen(taught, left_out, asked.rows, SEED)
        unseen = accuracy_tables(compared, f"{DEFAULT}, from its card", shipped_figures())
        print(f"\n### A set that none was taught\n\n{UNSEEN}\n\n{unseen}")
    targets = asked.targets or asked.data.parent / "target"
    if targets.is_dir():
        rows = QUICK_ROWS if asked.quick else TARGET_ROWS
        print(f"\n### Towards a target\n\n{target_table(targets, rows)}")
    return 0


UNSEEN: Final = (
    "SnowNLP retrained and the n-grams were taught again without the set, one set at a time, and "
    "read its train and dev rows. The net takes too long for that: the last column stands in its "
    "model card, where several sets were left out at once."
)


def _taught(sets: Sequence[DataSet], limit: int | None) -> str:
    read = [min(len(data.dev), limit or len(data.dev)) for data in sets if len(data.dev)]
    rows = sum(len(data.train) for data in sets)
    texts = [text for data in sets for text in data.dev.thinned(CHECKED_TEXTS).texts]
    wrong = snownlp_peer.disagreements(texts)
    return (
        f"{sum(read):,} dev rows of {len(read)} sets; SnowNLP retrained on the negative and "
        f"positive of {rows:,} train rows, ours as shipped. SnowNLP's texts were cut into words by "
        f"a quicker form of its algorithm, which cut {wrong} of {len(texts)} texts differently. It "
        "knows no neutral; ours does, which costs it negative recall in sets labelled without. The "
        "error of `p_negative` is over 15 equal bins, rows pooled by source type."
    )


def _left_out(asked: argparse.Namespace, known: Sequence[str]) -> list[str]:
    if asked.leave_out_all:
        return list(known)
    for name in asked.leave_out or ():
        if name not in known:
            raise UserError(f"--leave-out {name}: no such set. Use one of: {', '.join(known)}.")
    chosen = asked.leave_out or (LEFT_OUT[-1:] if asked.quick else LEFT_OUT)
    return [name for name in chosen if name in known]


def _asked(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m bench.sentiment",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--data", type=Path, required=True, help="folder of NAME.jsonl.gz sets")
    parser.add_argument("--targets", type=Path, help="folder of the sets with targets")
    parser.add_argument("--rows", type=int, help="rows of each set that are read (default all)")
    parser.add_argument(
        "--train-rows",
        type=int,
        help="rows of each set that SnowNLP, and without a set ours, learn",
    )
    parser.add_argument("--quick", action="store_true", help="few rows, for a look")
    chosen = parser.add_mutually_exclusive_group()
    chosen.add_argument("--leave-out", action="append", metavar="NAME", help="may be repeated")
    chosen.add_argument("--leave-out-all", action="store_true", help="each set in its turn")
    asked = parser.parse_args(arguments)
    for name in ("rows", "train_rows"):
        if (number := getattr(asked, name)) is not None and number < 1:
            parser.error(f"--{name.replace('_', '-')} {number}: must be 1 or more")
    if asked.quick:
        asked.rows = asked.rows or QUICK_ROWS
        asked.train_rows = asked.train_rows or QUICK_TRAIN_ROWS
    return asked


if __name__ == "__main__":
    raise SystemExit(main())
