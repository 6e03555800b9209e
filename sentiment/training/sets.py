"""Every set that the engines learn from: the public ones of a folder and our own."""

from pathlib import Path

from sentiment.training.data import DataSet, load_sets
from sentiment.training.hard_language import hard_language_set


def training_sets(folder: Path, seed: int) -> list[DataSet]:
    """Return the sets of *folder*, by name, and behind them the hard language drawn by *seed*.

    The last has train rows only, so no figure is measured on it. Raises ``InvalidInput`` as
    ``load_sets`` does.
    """
    return [*load_sets(folder), hard_language_set(seed)]
