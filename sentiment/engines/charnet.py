"""The second opinion: a character net, asked about the texts that the n-gram model leaves in doubt.

Both answers are weighed by logits, ``softmax(first * a + second * b + biases)``: that is a mean of
the two calibrated log-probabilities, calibrated again. The weights: ``charnet_model`` and the
model card in ``sentiment/models``. How they were fitted: ``sentiment/training/net``.
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
from sentiment.engines.charnet_model import VERSION, Net
from sentiment.engines.charnet_text import characters, pairs, seen
from sentiment.engines.ngram_model import Floats
from sentiment.engines.ngram_text import Places, Reading, read

# The net is asked when the n-gram model finds no label likelier than this: see the model card.
DOUBT: Final = 0.85

_TORN: Final = (OSError, EOFError, ValueError, KeyError, BadZipFile)
_AGAIN: Final = "Reinstall the program, or train: python -m sentiment.training.net --data DIR"


@dataclass(frozen=True)
class Blend:
    """What turns the logits of both into probabilities that hold.

    *biases* are those of negative, neutral and positive.
    """

    first: float
    second: float
    biases: tuple[float, float, float]

    def probabilities(self, first: Floats, second: Floats) -> Floats:
        """Return probabilities of the logits of n-gram model and net, all (texts, 3)."""
        sums = first * self.first + second * self.second + np.array(self.biases)
        powers = np.exp(sums - sums.max(axis=1, keepdims=True))
        return np.asarray(powers / powers.sum(axis=1, keepdims=True))


@dataclass(frozen=True)
class Heard:
    """What the net says of one text: its logits (3,) and what each place adds to them.

    *places* are those of the text's reading that the net saw, *shares* (places, 3) sum to the
    *answer* but for the bias; see ``Net.shares``.
    """

    places: Places
    shares: NDArray[np.float32]
    answer: Floats


@dataclass(frozen=True)
class SecondOpinion:
    """The net and the blends."""

    net: Net
    general: Blend
    by_type: Mapping[str, Blend]

    def blend(self, source_type: str | None) -> Blend:
        """Return the blend of *source_type*, the general one for a type that has none."""
        return self.by_type.get(source_type or "", self.general)

    def logits(self, texts: Sequence[str]) -> Floats:
        """Return the net's logits, (texts, 3); each text on its own, so batches change nothing."""
        reading = read(texts)
        found = np.zeros((len(texts), 3))
        for at, (start, length) in enumerate(zip(reading.starts, reading.lengths, strict=False)):
            if length:
                found[at] = self.net.logits(reading.codes[start + seen(length)])
        return found

    def hear(self, reading: Reading) -> Heard:
        """Return the logits of the one text of *reading* and where they come from."""
        places = seen(int(reading.lengths[0]))
        codes = reading.codes[places]
        shares, answer = self.net.shares(characters(codes, self.net.known), pairs(codes))
        return Heard(places, shares, answer.astype(np.float64))

    def save(self, file: Path | IO[bytes]) -> None:
        """Write net and blends; equal ones give equal bytes."""
        blends = [self.general, *self.by_type.values()]
        arrays: dict[str, Any] = self.net.arrays()
        np.savez(
            file,
            version=np.int64(VERSION),
            source_types=np.array(list(self.by_type), dtype=np.str_),
            blends=np.array([[each.first, each.second, *each.biases] for each in blends]),
            **arrays,
        )

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read it; raises ``SettingsError`` when the file is missing or not ours."""
        try:
            with path.open("rb") as file, np.load(file, allow_pickle=False) as found:
                version = int(found["version"])
                if version != VERSION:
                    raise SettingsError(
                        f"{path}: a net of version {version}, not {VERSION}. {_AGAIN}"
                    )
                return cls._of(found)
        except _TORN as error:
            raise SettingsError(f"{path}: no character net ({error}). {_AGAIN}") from error

    @classmethod
    def _of(cls, found: Mapping[str, NDArray[Any]]) -> Self:
        general, *others = (
            Blend(first, second, (negative, neutral, positive))
            for first, second, negative, neutral, positive in found["blends"].tolist()
        )
        types = found["source_types"].tolist()
        by_type = dict(zip(types, others, strict=True))
        return cls(Net.from_arrays(found), general, by_type)


@cache
def shipped() -> SecondOpinion:
    """Return the net of the package."""
    with as_file(files("sentiment").joinpath("models/charnet.npz")) as path:
        return SecondOpinion.load(path)
