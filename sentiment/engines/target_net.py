"""The score towards a target: what its window says, weighed with what the target net says.

The window's probabilities come from the engine (``sentiment.target``); both opinions are weighed
by logits as ``charnet.Blend`` does. The weights: ``target_net_model`` and the model card in
``sentiment/models``. How they were fitted: ``sentiment/training/target``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path
from typing import IO, Any, Final, Self
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from core.errors import SettingsError
from sentiment.engines.charnet import Blend
from sentiment.engines.ngram_model import Floats
from sentiment.engines.target_net_model import VERSION, TargetNet
from sentiment.engines.target_net_text import view
from sentiment.scorer import Score
from sentiment.target import Aim

# A probability of nothing at all has no logarithm.
_LEAST: Final = 1e-9
_TORN: Final = (OSError, EOFError, ValueError, KeyError, BadZipFile)
_AGAIN: Final = "Reinstall the program, or train: python -m sentiment.training.target --data DIR"


@dataclass(frozen=True)
class Blends:
    """How a window's log-probabilities and the net's logits are weighed, by source type."""

    general: Blend
    by_type: Mapping[str, Blend]

    def of(self, source_type: str | None) -> Blend:
        """Return the blend of *source_type*, the general one for a type that has none."""
        return self.by_type.get(source_type or "", self.general)

    def arrays(self, name: str) -> dict[str, NDArray[Any]]:
        """Return what a file keeps of them, the keys beginning with *name*."""
        every = [self.general, *self.by_type.values()]
        return {
            f"{name}_types": np.array(list(self.by_type), dtype=np.str_),
            f"{name}_blends": np.array([[each.first, each.second, *each.biases] for each in every]),
        }

    @classmethod
    def from_arrays(cls, found: Mapping[str, NDArray[Any]], name: str) -> Self:
        """Return the blends that ``arrays`` took apart; raises ``ValueError`` on another form."""
        general, *others = (
            Blend(first, second, (negative, neutral, positive))
            for first, second, negative, neutral, positive in found[f"{name}_blends"].tolist()
        )
        return cls(general, dict(zip(found[f"{name}_types"].tolist(), others, strict=True)))


@dataclass(frozen=True)
class TargetOpinion:
    """The net, and the blends for a bare target and for one beside others that are known."""

    net: TargetNet
    bare: Blends
    beside: Blends

    def scores(
        self, aims: Sequence[Aim], windows: Sequence[Score], source_type: str | None = None
    ) -> list[Score]:
        """Return the score towards each of *aims*, given those of their windows, in order.

        Where nothing can be read, or the text names the target nowhere, the window's stands.
        """
        found, spoken = self.logits(aims)
        first = log_probabilities(windows)
        both = self.bare.of(source_type).probabilities(first, found)
        known = np.array([bool(aim.others) for aim in aims], dtype=np.bool_)
        both[known] = self.beside.of(source_type).probabilities(first[known], found[known])
        return [
            Score.of(*row) if heard else window
            for row, heard, window in zip(both.tolist(), spoken, windows, strict=True)
        ]

    def logits(self, aims: Sequence[Aim]) -> tuple[Floats, list[bool]]:
        """Return the net's logits, (aims, 3), and which of them it could read.

        Each aim is read on its own, so batches change nothing.
        """
        found, spoken = np.zeros((len(aims), 3)), []
        for at, aim in enumerate(aims):
            seen = view(aim.text, aim.spans, aim.others)
            spoken.append(seen is not None)
            if seen is not None:
                found[at] = self.net.logits(seen)
        return found, spoken

    def save(self, file: Path | IO[bytes]) -> None:
        """Write net and blends; equal ones give equal bytes."""
        arrays = {
            **self.net.arrays(),
            **self.bare.arrays("bare"),
            **self.beside.arrays("beside"),
        }
        np.savez(file, allow_pickle=False, version=np.int64(VERSION), **arrays)

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read it; raises ``SettingsError`` when the file is missing or not ours."""
        try:
            with path.open("rb") as file, np.load(file, allow_pickle=False) as found:
                version = int(found["version"])
                if version != VERSION:
                    raise SettingsError(
                        f"{path}: a target net of version {version}, not {VERSION}. {_AGAIN}"
                    )
                return cls(
                    TargetNet.from_arrays(found),
                    Blends.from_arrays(found, "bare"),
                    Blends.from_arrays(found, "beside"),
                )
        except _TORN as error:
            raise SettingsError(f"{path}: no target net ({error}). {_AGAIN}") from error


def log_probabilities(scores: Sequence[Score]) -> Floats:
    """Return the logarithms of the probabilities of *scores*, (scores, 3)."""
    rows = [(score.p_negative, score.p_neutral, score.p_positive) for score in scores]
    return np.log(np.maximum(np.array(rows, dtype=np.float64).reshape(-1, 3), _LEAST))


@cache
def shipped() -> TargetOpinion:
    """Return the target net of the package."""
    with as_file(files("sentiment").joinpath("models/target.npz")) as path:
        return TargetOpinion.load(path)
