"""The weights of the target net, and how the logits towards a target follow.

The character net (``charnet_model``) with one more input: to the state of each character is added
where it stands towards the target (``target_net_text``). One more convolution lets it see further.
The answer is read from the states of the target, of what stands near it, of its clause, of the
whole text, and of the places that learned scores (*focus*: Bahdanau et al. 2015) point at.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray

from sentiment.engines.charnet_model import EMBEDDINGS, Floats, Rows, convolved, product
from sentiment.engines.charnet_text import FIRST, PAIR_BITS
from sentiment.engines.ngram_text import Codes
from sentiment.engines.target_net_text import DISTANCES, PLACES, View

# Raised whenever weights or reading change, so that a stored score tells what made it.
VERSION: Final = 2

REACHES: Final = (1, 2, 4, 8)  # as in the character net, and once more
MIXES: Final = tuple(f"mix{at}" for at in range(len(REACHES)))
MATRICES: Final = ("project", *MIXES, "focus", "answer")
VECTORS: Final = ("project_bias", *(f"{name}_bias" for name in MIXES), "answer_bias")
TABLES: Final = ("places", "focus_places")  # rows of places; the second of distances alone


@dataclass(frozen=True)
class TargetNet:
    """*known* are the characters it knows, sorted; the rest are its layers by name."""

    known: Codes
    embeddings: Mapping[str, Rows]
    matrices: Mapping[str, Floats]
    vectors: Mapping[str, Floats]

    def logits(self, seen: View) -> Floats:
        """Return the logits (3,) towards the target of *seen*.

        The target's own characters are hidden, so that no name is good or bad by itself; what it
        is called told nothing about rows held back.
        """
        state = self._states(seen)
        inside = seen.places == 0
        scores = state @ self.matrices["focus"] + self.vectors["focus_places"][seen.places]
        shares = np.exp(scores - scores.max(axis=0))
        shares /= shares.sum(axis=0)
        pooled = [
            (shares.T @ state).ravel(),
            state[inside].mean(axis=0),
            state[seen.near].max(axis=0),
            state[seen.clause].mean(axis=0),
            state[seen.clause].max(axis=0),
            state.mean(axis=0),
            state.max(axis=0),
        ]
        found = np.concatenate(pooled) @ self.matrices["answer"] + self.vectors["answer_bias"]
        return np.asarray(found)

    def _states(self, seen: View) -> Floats:
        numbers, buckets = seen.hidden(self.known)
        parts = [self.embeddings["character"][numbers], self.embeddings["pair"][buckets]]
        project = self.matrices["project"][None, None]
        state = product(np.concatenate(parts, axis=1)[None], project)[0]
        table = self.vectors["places"]
        state = state + self.vectors["project_bias"] + table[seen.places]
        state[seen.others] += table[DISTANCES]
        state[seen.clause] += table[DISTANCES + 1]
        for mix, reach in zip(MIXES, REACHES, strict=True):
            gated = convolved(state, self.matrices[mix], self.vectors[f"{mix}_bias"], reach)
            state = state + gated
        return np.asarray(state)

    @classmethod
    def of(cls, known: Codes, layers: Mapping[str, Floats]) -> Self:
        """Return the net of float *layers*, rounded as they will be kept."""
        return cls(
            known,
            {name: Rows.quantised(layers[name]) for name in EMBEDDINGS},
            {name: Rows.quantised(layers[name]).whole() for name in MATRICES},
            {name: layers[name].astype(np.float32) for name in (*VECTORS, *TABLES)},
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
        names = (*EMBEDDINGS, *MATRICES)
        rows = {name: Rows(found[name], found[f"{name}_steps"]) for name in names}
        vectors = {name: found[name] for name in (*VECTORS, *TABLES)}
        heights = tuple(
            len(part)
            for part in (
                rows["character"].bytes,
                rows["pair"].bytes,
                vectors["places"],
                vectors["focus_places"],
            )
        )
        if heights != (len(found["known"]) + FIRST, 1 << PAIR_BITS, PLACES, DISTANCES):
            raise ValueError(f"tables have {heights} rows")
        if any(each.bytes.dtype != np.int8 for each in rows.values()):
            raise ValueError("layers are not bytes")
        return cls(
            found["known"],
            {name: rows[name] for name in EMBEDDINGS},
            {name: rows[name].whole() for name in MATRICES},
            vectors,
        )
