"""The net in JAX, as ``sentiment.engines.charnet_model`` computes it, with what training adds."""

from typing import Any, Final

import jax
import jax.numpy as jnp
import numpy as np

from sentiment.engines.charnet_model import EPSILON, REACHES
from sentiment.engines.charnet_text import PAIR_BITS
from sentiment.training.batches import CLASSES

Array = Any  # of JAX, which ships its types but is no part of a default install
Layers = dict[str, Array]

CHARACTER, PAIR, WIDTH = 96, 48, 128
_FAR_BELOW: Final = -1e9


def _multiply(state: Array, matrix: Array, bias: Array) -> Array:
    flat = state.reshape(-1, state.shape[-1]).astype(jnp.bfloat16)
    found = _dot(flat, matrix.astype(jnp.bfloat16)) + bias
    return found.reshape((*state.shape[:-1], matrix.shape[1]))


def _dot(left: Array, right: Array) -> Array:
    return jax.lax.dot(left, right, preferred_element_type=jnp.float32)


def _forward(state: Array, matrix: Array, bias: Array) -> tuple[Array, tuple[Array, Array]]:
    return _multiply(state, matrix, bias), (state, matrix)


def _backward(kept: tuple[Array, Array], slope: Array) -> tuple[Array, Array, Array]:
    state, matrix = kept
    hold = jax.lax.optimization_barrier  # keeps the compiler from working things out twice
    flat = hold(state.reshape(-1, state.shape[-1]).astype(jnp.bfloat16))
    steep = hold(hold(slope).reshape(-1, slope.shape[-1]).astype(jnp.bfloat16))
    by_state = _dot(steep, matrix.T.astype(jnp.bfloat16)).reshape(state.shape)
    ones = jnp.ones((1, len(steep)), jnp.bfloat16)
    return hold(by_state), hold(_dot(flat.T, steep)), hold(_dot(ones, steep)[0])


# A layer in half precision: some processors have units for it, and a fit bears the rounding.
layer = jax.custom_vjp(_multiply)
layer.defvjp(_forward, _backward)


def initial(rng: np.random.Generator, characters: int, sets: int) -> Layers:
    """Return untrained layers; those named ``guess…`` and ``sets`` serve in training only."""

    def drawn(height: int, width: int, spread: float) -> Array:
        return (rng.normal(size=(height, width)) * spread).astype(np.float32)

    both = CHARACTER + PAIR
    found = {
        "character": drawn(characters, CHARACTER, 0.1),
        "pair": drawn(1 << PAIR_BITS, PAIR, 0.05),
        "project": drawn(both, WIDTH, 3 / both**0.5),
        "project_bias": np.zeros(WIDTH, dtype=np.float32),
        "answer": drawn(2 * WIDTH, CLASSES, 0.02),
        "answer_bias": np.zeros(CLASSES, dtype=np.float32),
        "sets": np.zeros((sets, CLASSES), dtype=np.float32),
        "guess": drawn(WIDTH, CHARACTER, WIDTH**-0.5),
        "guess_bias": np.zeros(characters, dtype=np.float32),
    }
    for at in range(len(REACHES)):
        found[f"mix{at}"] = drawn(3 * WIDTH, 2 * WIDTH, (3 * WIDTH) ** -0.5)
        found[f"mix{at}_bias"] = np.zeros(2 * WIDTH, dtype=np.float32)
    return {name: jnp.asarray(value) for name, value in found.items()}


def states(layers: Layers, numbers: Array, buckets: Array, key: Array, rate: float) -> Array:
    """Return the state at each character, (texts, length, WIDTH), 0 where a row is filled up.

    Whole channels of a text are dropped, at *rate* of the embeddings, half of it further up.
    """
    hold = jax.lax.optimization_barrier
    real = (numbers > 0).astype(jnp.float32)[..., None]
    keys = jax.random.split(key, len(REACHES) + 1)
    embedded = jnp.concatenate([layers["character"][numbers], layers["pair"][buckets]], -1)
    embedded = hold(_without_channels(embedded, keys[0], rate))
    state = hold(layer(embedded, layers["project"], layers["project_bias"]) * real)
    for at, reach in enumerate(REACHES):
        scale = jax.lax.rsqrt(jnp.mean(state * state, -1, keepdims=True) + EPSILON)
        even = hold(state * scale * real)
        wide = hold(_neighbours(even, reach))
        both = hold(layer(wide, layers[f"mix{at}"], layers[f"mix{at}_bias"]))
        gated = both[..., :WIDTH] * jax.nn.sigmoid(both[..., WIDTH:])
        state = hold((state + _without_channels(gated, keys[at + 1], rate / 2)) * real)
    return state


def logits(layers: Layers, numbers: Array, buckets: Array, key: Array, rate: float) -> Array:
    """Return the logits of each text, (texts, 3)."""
    state = states(layers, numbers, buckets, key, rate)
    real = (numbers > 0)[..., None]
    mean = state.sum(1) / jnp.maximum(real.sum(1), 1)
    most = jnp.where(real, state, _FAR_BELOW).max(1)
    most = jnp.where(real.any(1), most, 0)
    pooled = jnp.concatenate([mean, most], -1)
    left = 1 - rate - 0.1
    pooled = jnp.where(jax.random.bernoulli(key, left, pooled.shape), pooled / left, 0)
    return pooled @ layers["answer"] + layers["answer_bias"]


def _neighbours(even: Array, reach: int) -> Array:
    length = even.shape[1]
    padded = jnp.pad(even, ((0, 0), (reach, reach), (0, 0)))
    return jnp.concatenate([padded[:, :length], even, padded[:, 2 * reach :]], -1)


def _without_channels(state: Array, key: Array, rate: float) -> Array:
    kept = jax.random.bernoulli(key, 1 - rate, (state.shape[0], 1, state.shape[2]))
    return state * kept / (1 - rate)
