"""The target net in JAX, as ``sentiment.engines.target_net_model`` computes it."""

from typing import Final

import jax
import jax.numpy as jnp
import numpy as np

from sentiment.engines.charnet_model import EMBEDDINGS, EPSILON, Net
from sentiment.engines.target_net_model import MIXES, REACHES
from sentiment.engines.target_net_text import DISTANCES, PLACES
from sentiment.training.batches import CLASSES
from sentiment.training.net.layers import Array, Layers, layer

HEADS: Final = 4  # of the scores that point at places
_FAR_BELOW: Final = -1e9
_HALF: Final = 0.5  # of what the text net's answer counted, the whole text and the clause get each


def begun(net: Net, sets: int, rng: np.random.Generator) -> Layers:
    """Return layers that answer nearly as the text net *net*; ``sets`` serves in training only."""
    width = len(net.vectors["project_bias"])
    rows = {name: net.embeddings[name].whole() for name in EMBEDDINGS}
    mean, most = np.split(net.matrices["answer"] * _HALF, 2)
    new = rng.normal(size=((HEADS + 1) * width + width, CLASSES)) * 0.02
    found = {
        **rows,
        **{name: net.matrices[name] for name in ("project", *MIXES) if name in net.matrices},
        **net.vectors,
        "places": rng.normal(size=(PLACES, width)) * 0.05,
        "focus": rng.normal(size=(width, HEADS)) * 0.02,
        "focus_places": -0.1 * np.repeat(_far(), HEADS, axis=1),
        "answer": np.concatenate([new, mean, most, mean, most]),
        "sets": np.zeros((sets, CLASSES)),
    }
    for name in MIXES:
        if name not in found:
            found[name] = rng.normal(size=(3 * width, 2 * width)) * 0.3 * (3 * width) ** -0.5
            found[f"{name}_bias"] = np.zeros(2 * width)
    return {name: jnp.asarray(value, dtype=jnp.float32) for name, value in found.items()}


def _far() -> np.ndarray:
    side = np.arange(1, (DISTANCES + 1) // 2)
    return np.concatenate([[0], side, side])[:, None]


def logits(
    layers: Layers, batch: tuple[Array, Array, Array, Array], key: Array, rate: float
) -> Array:
    """Return the logits of each row of characters, pairs, places and marks, (rows, 3).

    Whole channels of a text are dropped, at *rate* of the embeddings, half of it further up.
    """
    numbers, _buckets, places, marks = batch
    real = (numbers > 0)[..., None]
    state = _states(layers, batch, key, rate)
    near, clause = (marks & 1 > 0)[..., None] & real, (marks & 2 > 0)[..., None] & real
    inside = (places == 0)[..., None] & real
    scores = layer(state, layers["focus"], jnp.zeros(HEADS)) + layers["focus_places"][places]
    shares = jax.nn.softmax(jnp.where(real, scores, _FAR_BELOW), axis=1)
    focused = jnp.einsum("tlh,tlw->thw", shares, state).reshape(len(state), -1)
    pooled = [
        focused,
        _mean(state, inside),
        _most(state, near),
        _mean(state, clause),
        _most(state, clause),
        _mean(state, real),
        _most(state, real),
    ]
    both = jnp.concatenate(pooled, -1)
    left = 1 - rate - 0.1
    both = jnp.where(jax.random.bernoulli(key, left, both.shape), both / left, 0)
    return both @ layers["answer"] + layers["answer_bias"]


def _states(
    layers: Layers, batch: tuple[Array, Array, Array, Array], key: Array, rate: float
) -> Array:
    numbers, buckets, places, marks = batch
    hold = jax.lax.optimization_barrier
    real = (numbers > 0).astype(jnp.float32)[..., None]
    keys = jax.random.split(key, len(REACHES) + 1)
    embedded = jnp.concatenate([layers["character"][numbers], layers["pair"][buckets]], -1)
    embedded = hold(_without_channels(embedded, keys[0], rate))
    state = layer(embedded, layers["project"], layers["project_bias"])
    rows = jax.nn.one_hot(places, PLACES, dtype=jnp.float32)
    rows = rows.at[..., DISTANCES].set(marks & 4 > 0)
    rows = rows.at[..., DISTANCES + 1].set(marks & 2 > 0)
    width = state.shape[-1]
    state = hold((state + layer(rows, layers["places"], jnp.zeros(width))) * real)
    for at, (name, reach) in enumerate(zip(MIXES, REACHES, strict=True)):
        scale = jax.lax.rsqrt(jnp.mean(state * state, -1, keepdims=True) + EPSILON)
        wide = hold(_neighbours(hold(state * scale * real), reach))
        both = hold(layer(wide, layers[name], layers[f"{name}_bias"]))
        gated = both[..., :width] * jax.nn.sigmoid(both[..., width:])
        state = hold((state + _without_channels(gated, keys[at + 1], rate / 2)) * real)
    return state


def _mean(state: Array, among: Array) -> Array:
    return (state * among).sum(1) / jnp.maximum(among.sum(1), 1)


def _most(state: Array, among: Array) -> Array:
    most = jnp.where(among, state, _FAR_BELOW).max(1)
    return jnp.where(among.any(1), most, 0)


def _neighbours(even: Array, reach: int) -> Array:
    length = even.shape[1]
    padded = jnp.pad(even, ((0, 0), (reach, reach), (0, 0)))
    return jnp.concatenate([padded[:, :length], even, padded[:, 2 * reach :]], -1)


def _without_channels(state: Array, key: Array, rate: float) -> Array:
    kept = jax.random.bernoulli(key, 1 - rate, (state.shape[0], 1, state.shape[2]))
    return state * kept / (1 - rate)
