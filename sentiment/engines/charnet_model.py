"""The weights of the character net: how they are kept on disk and how a text's logits follow.

Character and pair embeddings, projected; gated convolutions (Dauphin et al. 2017) of three
characters each, ever further apart (Yu & Koltun 2016), each added to what went in; mean and
maximum over the text; a linear layer. Every matrix is kept as bytes, with one step a row.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Self
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from sentiment.engines.charnet_text import FIRST, PAIR_BITS, Numbers, characters, pairs
from sentiment.engines.ngram_model import Bytes
from sentiment.engines.ngram_text import Codes

Floats = NDArray[np.float32]

# Raised whenever weights or reading change, so that a stored score tells what made it.
VERSION: Final = 2

REACHES: Final = (1, 2, 4)  # how far apart the three characters of each convolution stand
EMBEDDINGS: Final = ("character", "pair")
MATRICES: Final = ("project", *(f"mix{at}" for at in range(len(REACHES))), "answer")
VECTORS: Final = tuple(f"{name}_bias" for name in MATRICES)
EPSILON: Final = 1e-5

# Rows multiplied at a time: so small a product BLAS leaves to one thread. Its threads would wait
# for each other longer than they work, on a busy machine ten times as long.
_BLOCK: Final = 14

_TORN: Final = (OSError, EOFError, ValueError, KeyError, BadZipFile)


@dataclass(frozen=True)
class Rows:
    """A matrix whose row r is ``bytes[r] * steps[r]``."""

    bytes: Bytes
    steps: Floats

    @classmethod
    def quantised(cls, matrix: Floats) -> Self:
        """Return *matrix* in steps of a 127th of the largest of each row."""
        steps = np.maximum(np.abs(matrix).max(axis=1), 1e-12) / 127
        return cls(np.rint(matrix / steps[:, None]).astype(np.int8), steps.astype(np.float32))

    def __getitem__(self, rows: Numbers) -> Floats:
        return np.asarray(self.bytes[rows] * self.steps[rows, None])

    def whole(self) -> Floats:
        """Return the matrix."""
        return np.asarray(self.bytes * self.steps[:, None])


@dataclass(frozen=True)
class Net:
    """*known* are the characters it knows, sorted; the rest are its layers by name."""

    known: Codes
    embeddings: Mapping[str, Rows]
    matrices: Mapping[str, Floats]
    vectors: Mapping[str, Floats]

    def logits(self, codes: Codes) -> Floats:
        """Return the logits (3,) of one text of at least one character."""
        return self.answer(characters(codes, self.known), pairs(codes))

    def answer(self, numbers: Numbers, buckets: Numbers) -> Floats:
        """Return the logits (3,) of a text read as characters and pairs."""
        return self._answer(self._states(numbers, buckets))

    def shares(self, numbers: Numbers, buckets: Numbers) -> tuple[Floats, Floats]:
        """Return what each character's state adds to the logits, (characters, 3), and ``answer``.

        Logits are linear in the mean and the maximum of the states, so they come apart exactly
        (class activation mapping, Zhou et al. 2016): with the bias the shares sum to the answer.
        A state knows its neighbours, so a share belongs to a place rather than to one character.
        """
        state = self._states(numbers, buckets)
        rows, width = state.shape
        of_mean, of_most = self.matrices["answer"][:width], self.matrices["answer"][width:]
        found = state @ of_mean / np.float32(rows)
        np.add.at(found, state.argmax(axis=0), state.max(axis=0)[:, None] * of_most)
        return np.asarray(found), self._answer(state)

    def _answer(self, state: Floats) -> Floats:
        pooled = np.concatenate([state.mean(axis=0), state.max(axis=0)])
        return np.asarray(pooled @ self.matrices["answer"] + self.vectors["answer_bias"])

    def _states(self, numbers: Numbers, buckets: Numbers) -> Floats:
        parts = [self.embeddings["character"][numbers], self.embeddings["pair"][buckets]]
        embedded = np.concatenate(parts, axis=1)
        project = self.matrices["project"][None, None]
        state = product(embedded[None], project)[0] + self.vectors["project_bias"]
        for at, reach in enumerate(REACHES):
            matrix, bias = self.matrices[f"mix{at}"], self.vectors[f"mix{at}_bias"]
            state = state + convolved(state, matrix, bias, reach)
        return np.asarray(state)

    @classmethod
    def of(cls, known: Codes, layers: Mapping[str, Floats]) -> Self:
        """Return the net of float *layers*, rounded as they will be kept."""
        return cls(
            known,
            {name: Rows.quantised(layers[name]) for name in EMBEDDINGS},
            {name: Rows.quantised(layers[name]).whole() for name in MATRICES},
            {name: layers[name].astype(np.float32) for name in VECTORS},
        )

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return what a file keeps of it, by name."""
        rows = {
            **self.embeddings,
            **{name: Rows.quantised(self.matrices[name]) for name in MATRICES},
        }
        return {
            "known": self.known,
            **{name: each.bytes for name, each in rows.items()},
            **{f"{name}_steps": each.steps for name, each in rows.items()},
            **self.vectors,
        }

    @classmethod
    def from_arrays(cls, found: Mapping[str, NDArray[Any]]) -> Self:
        """Return the net that ``arrays`` took apart; raises ``ValueError`` on another form."""
        rows = {
            name: Rows(found[name], found[f"{name}_steps"]) for name in (*EMBEDDINGS, *MATRICES)
        }
        heights = (len(rows["character"].bytes), len(rows["pair"].bytes))
        if heights != (len(found["known"]) + FIRST, 1 << PAIR_BITS):
            raise ValueError(f"embeddings have {heights} rows")
        if any(each.bytes.dtype != np.int8 for each in rows.values()):
            raise ValueError("layers are not bytes")
        return cls(
            found["known"],
            {name: rows[name] for name in EMBEDDINGS},
            {name: rows[name].whole() for name in MATRICES},
            {name: found[name] for name in VECTORS},
        )


def convolved(state: Floats, matrix: Floats, bias: Floats, reach: int) -> Floats:
    """Return what a gated convolution adds to *state* (characters, width)."""
    scale = np.sqrt((state * state).mean(axis=1, keepdims=True) + np.float32(EPSILON))
    even = state / scale
    rows, width = even.shape
    taps = np.zeros((3, rows, width), dtype=np.float32)
    taps[0, reach:] = even[:-reach]
    taps[1] = even
    taps[2, :-reach] = even[reach:]
    both = product(taps, matrix.reshape(3, 1, width, 2 * width)).sum(axis=0) + bias
    half = np.float32(0.5)
    return np.asarray(both[:, :width] * (half + half * np.tanh(both[:, width:] * half)))


def product(states: Floats, matrices: Floats) -> Floats:
    """Return ``states @ matrices`` for states (n, rows, width) and matrices (n, 1, width, out)."""
    count, rows, width = states.shape
    blocks = -(-rows // _BLOCK)
    filled = np.zeros((count, blocks * _BLOCK, width), dtype=np.float32)
    filled[:, :rows] = states
    found = filled.reshape(count, blocks, _BLOCK, width) @ matrices
    return np.asarray(found.reshape(count, blocks * _BLOCK, -1)[:, :rows])
