"""The weights behind the activity of a text: what is counted, how they are kept on disk.

A text's logits are the sum over its hashed character n-grams, read and counted as by the n-gram
engine of the sentiment but in a smaller table, and over what the rules found: for each type
log(1 + evidence) and its share of all evidence. A softmax makes them probabilities.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path
from typing import IO, Final, Self
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from core.errors import SettingsError
from sentiment.activity import ACTIVITIES, OTHER
from sentiment.activity_rules import READ, finder
from sentiment.engines.ngram_features import BITS as FULL_BITS
from sentiment.engines.ngram_features import counts, grams, text_scale
from sentiment.engines.ngram_text import read

Floats = NDArray[np.float64]
Places = NDArray[np.int64]

# Raised whenever features or weights change.
VERSION: Final = 1
BITS: Final = 15
BUCKETS: Final = 1 << BITS
CLASSES: Final = len(ACTIVITIES)

_BLOCK: Final = 256  # texts read at a time
_AGAIN: Final = "Reinstall the program, or train: python -m sentiment.training.activity"
_TORN: Final = (OSError, EOFError, ValueError, KeyError, BadZipFile)


@dataclass(frozen=True)
class Counted:
    """The grams of some texts: text ``t`` has ``buckets[starts[t]:starts[t + 1]]``."""

    buckets: Places
    starts: Places
    scales: Floats  # what one gram of the text counts
    evidence: Floats  # (texts, EVIDENCE)


def count(texts: Sequence[str]) -> Counted:
    """Return the features of *texts*, of which the first ``READ`` code points are read."""
    heads = [text[:READ] for text in texts]
    reading = read(heads)
    found = grams(reading)
    row_of = np.repeat(np.arange(len(heads)), np.diff(reading.starts))
    rows = np.concatenate([row_of[kind.at] for kind in found])
    buckets = np.concatenate([kind.buckets for kind in found]).astype(np.int64)
    n = counts(reading, found)
    order = np.argsort(rows, kind="stable")
    starts = np.concatenate(([0], np.cumsum(np.bincount(rows, minlength=len(heads)))))
    return Counted(
        buckets[order] >> (FULL_BITS - BITS), starts, text_scale(n), rule_features(heads)
    )


def rule_features(texts: Sequence[str]) -> Floats:
    """Return what the rules say of *texts*, (texts, two for each of their types and a 1)."""
    sums = np.array([finder().sums(text) for text in texts])
    # The 2 keeps a single weak word from looking like certainty.
    shares = sums / (sums.sum(axis=1, keepdims=True) + 2)
    return np.concatenate([np.log1p(sums), shares, np.ones((len(texts), 1))], axis=1)


@dataclass(frozen=True)
class ActivityModel:
    """*grams* (BUCKETS, CLASSES) in steps of *step*, *evidence* (features, CLASSES).

    A type less likely than *threshold* is not named: the text is 其他.
    """

    grams: NDArray[np.int8]
    step: float
    evidence: Floats
    threshold: float

    @classmethod
    def quantised(cls, weights: Floats, evidence: Floats, threshold: float) -> Self:
        """Return the model of float *weights* (BUCKETS, CLASSES)."""
        heavy = np.abs(weights[weights != 0])
        # The few weights beyond the last thousandth are cut, for finer steps below.
        step = float(np.quantile(heavy, 0.999)) / 127 if len(heavy) else 1.0
        small = np.clip(np.rint(weights / step), -127, 127).astype(np.int8)
        return cls(small, step, evidence, threshold)

    def choose(self, texts: Sequence[str]) -> list[str]:
        """Return one of ``ACTIVITIES`` for each text."""
        found = self.probabilities(texts)
        best, sure = found.argmax(axis=1).tolist(), found.max(axis=1) >= self.threshold
        return [
            ACTIVITIES[at] if known else OTHER
            for at, known in zip(best, sure.tolist(), strict=True)
        ]

    def probabilities(self, texts: Sequence[str]) -> Floats:
        """Return the probabilities of ``ACTIVITIES``, (texts, CLASSES)."""
        blocks = [
            self._block(texts[first : first + _BLOCK]) for first in range(0, len(texts), _BLOCK)
        ]
        return np.concatenate(blocks) if blocks else np.zeros((0, CLASSES))

    def save(self, file: Path | IO[bytes]) -> None:
        """Write the model; equal models give equal bytes."""
        np.savez_compressed(
            file,
            version=np.int64(VERSION),
            activities=np.array(ACTIVITIES),
            grams=self.grams,
            step=np.float64(self.step),
            evidence=self.evidence,
            threshold=np.float64(self.threshold),
        )

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read a model; raises ``SettingsError`` when the file is missing or not ours."""
        try:
            with path.open("rb") as file, np.load(file, allow_pickle=False) as found:
                if int(found["version"]) != VERSION or found["activities"].tolist() != [
                    *ACTIVITIES
                ]:
                    raise SettingsError(f"{path}: weights of another version. {_AGAIN}")
                weights = found["grams"]
                if weights.shape != (BUCKETS, CLASSES) or weights.dtype != np.int8:
                    raise ValueError(f"weights are {weights.dtype}{weights.shape}")
                return cls(
                    weights, float(found["step"]), found["evidence"], float(found["threshold"])
                )
        except _TORN as error:
            raise SettingsError(f"{path}: no weights of activities ({error}). {_AGAIN}") from error

    def _block(self, texts: Sequence[str]) -> Floats:
        read_texts = count(texts)
        # A row more, so that a text without grams at the end has a place to start.
        picked = np.concatenate([self.grams[read_texts.buckets], np.zeros((1, CLASSES), np.int8)])
        sums = np.add.reduceat(picked, read_texts.starts[:-1], axis=0, dtype=np.int64)
        sums[np.diff(read_texts.starts) == 0] = 0
        logits = sums * (read_texts.scales * self.step)[:, None]
        return softmax(logits + read_texts.evidence @ self.evidence)


def softmax(logits: Floats) -> Floats:
    """Return probabilities, of the shape of *logits*: (texts, CLASSES)."""
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


@cache
def shipped() -> ActivityModel:
    """Return the model of the package, read once."""
    with as_file(files("sentiment").joinpath("models/activity.npz")) as path:
        return ActivityModel.load(path)
