"""The weights of the n-gram engine: how they are kept on disk and how a text's logits follow.

A bucket has two weights of one byte: *polarity* (positive less negative) and *neutrality*
(neutral less the mean of the other two). That is all a softmax over three classes can tell.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import IO, Any, Final, Self
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from core.errors import SettingsError
from sentiment.engines.ngram_features import (
    BUCKETS,
    Buckets,
    Turned,
    clear_borders,
    counts,
    counts_with,
    grams,
    hashed,
    text_scale,
)
from sentiment.engines.ngram_text import Reading, read

Floats = NDArray[np.float64]
Bytes = NDArray[np.int8]

# Raised whenever features or weights change, so that a stored score tells what made it.
VERSION: Final = 2

_BLOCK: Final = 1 << 15  # code points read at a time: the arrays then stay in the cache
_SHARED: Final = np.array([0, 1, 0])  # negative and positive share the weight of polarity
_TORN: Final = (OSError, EOFError, ValueError, KeyError, BadZipFile)


@dataclass(frozen=True)
class Calibration:
    """What turns logits into probabilities that hold: ``softmax(logits / temperature + biases)``.

    *biases* are those of negative, neutral and positive.
    """

    temperature: float
    biases: tuple[float, float, float]

    def probabilities(self, logits: Floats) -> Floats:
        """Return probabilities, of the shape of *logits*: (texts, 3)."""
        sums = logits / self.temperature + self._biases
        sums -= np.maximum.reduce(sums, axis=1, keepdims=True)
        powers = np.exp(sums, out=sums)
        powers /= np.add.reduce(powers, axis=1, keepdims=True)
        return np.asarray(powers)

    @cached_property
    def _biases(self) -> Floats:
        return np.array(self.biases)


PLAIN: Final = Calibration(1.0, (0.0, 0.0, 0.0))


@dataclass(frozen=True)
class Model:
    """Weights (BUCKETS, 2) in steps of *steps*, and the calibrations."""

    weights: Bytes
    steps: tuple[float, float]
    general: Calibration = PLAIN
    by_type: Mapping[str, Calibration] = field(default_factory=dict)

    @classmethod
    def quantised(cls, by_class: NDArray[np.float32]) -> Self:
        """Return the model of float weights (BUCKETS, 3) in the order of the labels."""
        negative, neutral, positive = by_class.T
        both = np.stack([positive - negative, neutral - (positive + negative) / 2], axis=1)
        # The few weights beyond the last ten-thousandth are cut, for finer steps below.
        heavy = [column[column != 0] for column in np.abs(both).T]
        tops = [float(np.quantile(column, 0.9999)) if len(column) else 1.0 for column in heavy]
        steps = (tops[0] / 127, tops[1] / 127)
        return cls(np.clip(np.rint(both / np.array(steps)), -127, 127).astype(np.int8), steps)

    def calibration(self, source_type: str | None) -> Calibration:
        """Return the calibration of *source_type*, the general one for a type that has none."""
        return self.by_type.get(source_type or "", self.general)

    def logits(self, texts: Sequence[str]) -> tuple[Floats, NDArray[np.bool_]]:
        """Return uncalibrated logits (texts, 3), and which texts say anything at all."""
        if len(texts) == 1:
            return self._block(read(texts))
        blocks = [self._block(read(texts[first:last])) for first, last in _blocks(texts)]
        if not blocks:
            return np.zeros((0, 3)), np.zeros(0, dtype=np.bool_)
        logits, spoken = map(np.concatenate, zip(*blocks, strict=True))
        return logits, spoken

    def polarity_by_character(self, reading: Reading) -> Floats:
        """Return what each entry of ``reading.codes`` adds to positive less negative, for one text.

        Each character of a gram gets an equal share of the gram's weight.
        """
        found = grams(reading)
        total = np.zeros(len(reading.codes))
        for kind in found:
            share = self.weights[kind.buckets, 0] / kind.width
            for behind in range(kind.width):
                total[kind.at + behind] += share
        return np.asarray(total * text_scale(counts(reading, found)) * self.steps[0])

    def save(self, file: Path | IO[bytes]) -> None:
        """Write the model; equal models give equal bytes."""
        calibrations = [self.general, *self.by_type.values()]
        np.savez_compressed(
            file,
            version=np.int64(VERSION),
            weights=self.weights,
            steps=np.array(self.steps),
            source_types=np.array(list(self.by_type), dtype=np.str_),
            calibrations=np.array([[each.temperature, *each.biases] for each in calibrations]),
        )

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read a model; raises ``SettingsError`` when the file is missing or not ours."""
        try:
            with path.open("rb") as file, np.load(file, allow_pickle=False) as found:
                version = int(found["version"])
                if version != VERSION:
                    raise SettingsError(
                        f"{path}: weights of version {version}, this program needs {VERSION}. "
                        "Reinstall it, or train: python -m sentiment.training --data DIR"
                    )
                return cls._of(found)
        except _TORN as error:
            raise SettingsError(
                f"{path}: no weights of the ngram engine ({error}). "
                "Reinstall the program, or train: python -m sentiment.training --data DIR"
            ) from error

    @classmethod
    def _of(cls, found: Mapping[str, NDArray[Any]]) -> Self:
        weights = found["weights"]
        if weights.shape != (BUCKETS, 2) or weights.dtype != np.int8:
            raise ValueError(f"weights are {weights.dtype}{weights.shape}")
        polarity, neutrality = found["steps"].tolist()
        general, *others = (
            Calibration(temperature, (negative, neutral, positive))
            for temperature, negative, neutral, positive in found["calibrations"].tolist()
        )
        types = found["source_types"].tolist()
        return cls(weights, (polarity, neutrality), general, dict(zip(types, others, strict=True)))

    @cached_property
    def _pairs(self) -> NDArray[np.int16]:
        """Both weights of a bucket as one number, for one look-up."""
        return self.weights.view(np.int16)[:, 0]

    @cached_property
    def _units(self) -> Floats:
        """What a step of ``_SHARED`` counts in the logits of negative, neutral and positive."""
        polarity, neutrality = self.steps
        return np.array([-polarity / 2, neutrality, polarity / 2])

    def _block(self, reading: Reading) -> tuple[Floats, NDArray[np.bool_]]:
        buckets, turned = hashed(reading.codes)
        scale = text_scale(counts_with(reading, turned.kinds))
        sums = self._sums(reading, buckets, turned)
        logits = sums.take(_SHARED, axis=1) * (scale[:, np.newaxis] * self._units)
        return logits, reading.spoken

    def _sums(self, reading: Reading, buckets: Buckets, turned: Turned) -> NDArray[np.int64]:
        """Return what the weights of each text come to, (texts, 2), in steps."""
        pairs = self._pairs
        plain = pairs.take(buckets)
        clear_borders(plain, reading)
        total = _by_place(plain)
        if len(turned.at):
            more = pairs.take(turned.buckets)
            more[1] *= turned.paired
            total[turned.at] += _by_place(more)
        return np.add.reduceat(total, reading.starts[:-1], axis=0, dtype=np.int64)


def _by_place(pairs: NDArray[np.int16]) -> NDArray[np.int16]:
    """Add up the pairs of weights of each column: at most five in all, each at most 127."""
    return np.asarray(np.add.reduce(pairs.view(np.int8), axis=0, dtype=np.int16).reshape(-1, 2))


def _blocks(texts: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Yield ranges of texts of some ``_BLOCK`` code points each, at least one text in each."""
    ends = np.cumsum(np.fromiter(map(len, texts), dtype=np.int64, count=len(texts)) + 1)
    first, read_so_far = 0, 0
    while first < len(texts):
        last = max(first + 1, int(np.searchsorted(ends, read_so_far + _BLOCK, side="right")))
        yield first, last
        first, read_so_far = last, int(ends[last - 1])
