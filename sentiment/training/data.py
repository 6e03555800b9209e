"""Labelled texts on disk: one ``NAME.jsonl.gz`` a set, one row a line."""

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, get_args

import numpy as np
from numpy.typing import NDArray

from core.errors import InvalidInput
from storage.mentions import Label

LABELS: Final[tuple[str, ...]] = get_args(Label)  # negative, neutral, positive: 0, 1, 2
NEGATIVE, NEUTRAL, POSITIVE = range(3)

Labels = NDArray[np.int64]


@dataclass(frozen=True)
class Rows:
    """Texts and the places of their labels in ``LABELS``."""

    texts: tuple[str, ...]
    labels: Labels

    def __len__(self) -> int:
        return len(self.texts)

    def thinned(self, limit: int) -> "Rows":
        """Return *limit* rows evenly from all over, since files may be ordered by label."""
        if len(self) <= limit:
            return self
        at = np.linspace(0, len(self) - 1, limit).astype(int)
        return Rows(tuple(self.texts[place] for place in at), self.labels[at])


@dataclass(frozen=True)
class DataSet:
    """One set: what it is trained on, and the rows held back for calibration and figures."""

    name: str
    source_type: str
    train: Rows
    dev: Rows

    @property
    def has_neutral(self) -> bool:
        """Whether its labels are three; in the others nothing was ever called neutral."""
        return bool((self.train.labels == NEUTRAL).any() or (self.dev.labels == NEUTRAL).any())

    @property
    def every(self) -> Rows:
        """All rows, for a model that never saw the set."""
        labels = np.concatenate([self.train.labels, self.dev.labels])
        return Rows(self.train.texts + self.dev.texts, labels)


def load_sets(folder: Path) -> list[DataSet]:
    """Read every set of *folder*, by name; raises ``InvalidInput`` that names file and line."""
    files = sorted(folder.glob("*.jsonl.gz"))
    if not files:
        raise InvalidInput(f"--data {folder}: no NAME.jsonl.gz in it.")
    return [_load(path) for path in files]


def _load(path: Path) -> DataSet:
    rows = list(_rows(path))
    if not rows:
        raise InvalidInput(f"{path.name}: no rows.")
    return DataSet(
        path.name.removesuffix(".jsonl.gz"),
        rows[0]["source_type"],
        _chosen(rows, "train"),
        _chosen(rows, "dev"),
    )


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            row = json.loads(line)
            if row.get("label") not in LABELS or row.get("split") not in {"train", "dev"}:
                raise InvalidInput(f"{path.name}:{number}: label or split is not a known one.")
            yield row


def _chosen(rows: list[dict[str, Any]], split: str) -> Rows:
    chosen = [row for row in rows if row["split"] == split]
    labels = [LABELS.index(row["label"]) for row in chosen]
    return Rows(tuple(row["text"] for row in chosen), np.array(labels, dtype=np.int64))
