"""Texts with a target and the label towards it, on disk: one ``NAME.jsonl.gz`` a set.

An eighth of each set is held back, by text: near-duplicates (``sentiment.stories``) and all rows
of one text stay on one side, over all sets.
"""

import gzip
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from zlib import crc32

import numpy as np

from core.errors import InvalidInput
from sentiment.stories import band_keys, same_story, signature
from sentiment.target import Aim
from sentiment.training.data import LABELS, NEUTRAL, Labels
from storage.mentions import Span

HELD_BACK: Final = 8  # one text of so many
SOURCE_TYPES: Final = {"stance": "weibo"}  # of the sets; all others are reviews
_REVIEW: Final = "review"
_COMPARED: Final = 20  # texts of one band that a text is compared with


@dataclass(frozen=True)
class TargetRows:
    """Targets in their texts; ``aims[r].others`` are what other rows of the text aim at."""

    aims: tuple[Aim, ...]
    labels: Labels

    def __len__(self) -> int:
        return len(self.aims)

    def part(self, chosen: Sequence[int]) -> "TargetRows":
        """Return the rows at *chosen*."""
        return TargetRows(tuple(self.aims[at] for at in chosen), self.labels[list(chosen)])


@dataclass(frozen=True)
class TargetSet:
    """One set: what is fitted to, and the rows held back."""

    name: str
    source_type: str
    train: TargetRows
    dev: TargetRows

    @property
    def has_neutral(self) -> bool:
        """Whether its labels are three."""
        return bool((self.train.labels == NEUTRAL).any() or (self.dev.labels == NEUTRAL).any())


def load_target_sets(folder: Path) -> list[TargetSet]:
    """Read every set of *folder*, by name; raises ``InvalidInput`` that names file and line."""
    files = sorted(folder.glob("*.jsonl.gz"))
    if not files:
        raise InvalidInput(f"--data: no NAME.jsonl.gz in {folder}.")
    rows = {path.name.removesuffix(".jsonl.gz"): list(_rows(path)) for path in files}
    held = _held_back(list(dict.fromkeys(row["text"] for each in rows.values() for row in each)))
    return [_set(name, each, held) for name, each in rows.items()]


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            row = json.loads(line)
            inside = 0 <= row.get("start", -1) < row.get("end", -1) <= len(row.get("text", ""))
            if row.get("label") not in LABELS or not inside:
                raise InvalidInput(f"{path.name}:{number}: no known label, or no target in it.")
            yield row


def _set(name: str, rows: Sequence[Mapping[str, Any]], held: frozenset[str]) -> TargetSet:
    spans: dict[str, list[Span]] = defaultdict(list)
    for row in rows:
        spans[row["text"]].append(Span(row["start"], row["end"]))
    parts = [
        _target_rows([row for row in rows if (row["text"] in held) == wanted], spans)
        for wanted in (False, True)
    ]
    return TargetSet(name, SOURCE_TYPES.get(name, _REVIEW), *parts)


def _target_rows(
    rows: Sequence[Mapping[str, Any]], spans: Mapping[str, Sequence[Span]]
) -> TargetRows:
    aims = []
    for row in rows:
        own = Span(row["start"], row["end"])
        others = tuple(
            span for span in spans[row["text"]] if span.end <= own.start or own.end <= span.start
        )
        aims.append(Aim(row["text"], (own,), others))
    return TargetRows(
        tuple(aims), np.array([LABELS.index(row["label"]) for row in rows], dtype=np.int64)
    )


def _held_back(texts: Sequence[str]) -> frozenset[str]:
    """Return the texts held back: chosen by the checksum of the first of their kind."""
    chosen: set[str] = set()
    firsts = _firsts(texts)
    for at, text in enumerate(texts):
        if crc32(texts[firsts[at]].encode("utf-8", "surrogatepass")) % HELD_BACK == 0:
            chosen.add(text)
    return frozenset(chosen)


def _firsts(texts: Sequence[str]) -> list[int]:
    """Return for each text the place of the first that it is a near-duplicate of, or its own."""
    firsts = list(range(len(texts)))
    marks = [signature(text) for text in texts]
    by_key: dict[int, list[int]] = defaultdict(list)

    def first(at: int) -> int:
        while firsts[at] != at:
            at = firsts[at]
        return at

    for at, (text, mark) in enumerate(zip(texts, marks, strict=True)):
        for key in dict.fromkeys(band_keys(mark)):
            for other in by_key[key][:_COMPARED]:
                one, two = sorted((first(at), first(other)))
                if one != two and same_story(text, mark, texts[other], marks[other]):
                    firsts[two] = one
            by_key[key].append(at)
    return [first(at) for at in range(len(texts))]
