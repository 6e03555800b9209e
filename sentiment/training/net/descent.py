"""Fits the net: first to guess hidden characters, then to tell the labels, both by Adam.

Adam: Kingma & Ba 2015. Guessing hidden characters first: Devlin et al. 2019, here on the same
texts. The targets are smoothed; a bias for each set takes up what is usual there and is left out
afterwards, as in ``sentiment.training.fit``.
"""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Final

import jax
import jax.numpy as jnp
import numpy as np

from sentiment.engines.charnet_model import EMBEDDINGS, MATRICES, VECTORS, Net
from sentiment.engines.charnet_text import FIRST
from sentiment.engines.ngram_text import Places
from sentiment.training.batches import CLASSES
from sentiment.training.data import DataSet
from sentiment.training.net.layers import Array, Layers, initial, layer, logits, states
from sentiment.training.net.rows import Rows, batch_height, dropped, make_rows, masked, vocabulary

EPOCHS: Final = 3
GUESSING_STEPS: Final = 7_000  # some four times through all rows
RATE, GUESSING_RATE = 2e-3, 2.5e-3
WARM_UP, GUESSING_WARM_UP = 100, 60  # steps
DROPPED, GUESSING_DROPPED = 0.3, 0.05
SMOOTHING: Final = 0.1
_MEMORY, _SQUARE_MEMORY, _LONGEST = 0.9, 0.98, 1.0

Moments = tuple[Layers, Layers, Array]


def fit(sets: Sequence[DataSet], seed: int) -> Net:
    """Return a net fitted to the train rows of *sets*; three quarters of an hour on one core."""
    known = vocabulary(sets)
    rows = make_rows(sets, known)
    rng = np.random.default_rng(seed)
    layers = initial(rng, len(known) + FIRST, len(sets))
    layers = _guessed(layers, rows, rng, jax.random.PRNGKey(seed * 100))
    layers = _taught(layers, rows, rng, jax.random.PRNGKey(seed))
    kept = {name: np.asarray(layers[name]) for name in (*EMBEDDINGS, *MATRICES, *VECTORS)}
    return Net.of(known, kept)


def _guessed(layers: Layers, rows: Rows, rng: np.random.Generator, key: Array) -> Layers:
    step = jax.jit(_guessing_step, donate_argnums=(0, 1))
    moments = _still(layers)
    for done, (length, chosen) in enumerate(islice(_endless(rows, rng), GUESSING_STEPS)):
        batch = masked(*rows.padded(length, chosen), rng)
        rate = GUESSING_RATE * min(1, (done + 1) / GUESSING_WARM_UP) * (1 - done / GUESSING_STEPS)
        hidden = (batch.numbers, batch.buckets, batch.places, batch.wanted, batch.weights)
        layers, moments = step(layers, moments, hidden, jax.random.fold_in(key, done), rate)
    return layers


def _endless(rows: Rows, rng: np.random.Generator) -> Iterator[tuple[int, Places]]:
    while True:
        yield from rows.batches(np.arange(len(rows.numbers)), rng)


def _taught(layers: Layers, rows: Rows, rng: np.random.Generator, key: Array) -> Layers:
    step = jax.jit(_teaching_step, donate_argnums=(0, 1))
    epochs = [rows.batches(rows.sampled(rng), rng) for _ in range(EPOCHS)]
    batches = [batch for epoch in epochs for batch in epoch]
    moments = _still(layers)
    for done, (length, chosen) in enumerate(batches):
        numbers, buckets = dropped(*rows.padded(length, chosen), rng)
        targets = np.zeros((batch_height(length), CLASSES), dtype=np.float32)
        targets[: len(chosen)] = SMOOTHING / CLASSES
        targets[range(len(chosen)), rows.labels[chosen]] += 1 - SMOOTHING
        origins = np.zeros(len(targets), dtype=np.int32)
        origins[: len(chosen)] = rows.sets[chosen]
        rate = RATE * min(1, (done + 1) / WARM_UP) * (1 - done / len(batches))
        batch = (numbers, buckets, targets, origins)
        layers, moments = step(layers, moments, batch, jax.random.fold_in(key, done), rate)
    return layers


def _guessing_step(
    layers: Layers, moments: Moments, batch: Sequence[Array], key: Array, rate: Array
) -> tuple[Layers, Moments]:
    return _stepped(layers, moments, jax.grad(_guessing_loss)(layers, batch, key), rate)


def _teaching_step(
    layers: Layers, moments: Moments, batch: Sequence[Array], key: Array, rate: Array
) -> tuple[Layers, Moments]:
    return _stepped(layers, moments, jax.grad(_teaching_loss)(layers, batch, key), rate)


def _guessing_loss(layers: Layers, batch: Sequence[Array], key: Array) -> Array:
    numbers, buckets, places, wanted, weights = batch
    found = states(layers, numbers, buckets, key, GUESSING_DROPPED)
    found = found.reshape(-1, found.shape[-1])[places]
    meant = layer(found, layers["guess"], jnp.zeros(layers["guess"].shape[1]))
    sums = layer(meant, layers["character"].T, layers["guess_bias"])
    right = jnp.take_along_axis(jax.nn.log_softmax(sums), wanted[:, None], 1)[:, 0]
    return -(right * weights).sum() / weights.sum()


def _teaching_loss(layers: Layers, batch: Sequence[Array], key: Array) -> Array:
    numbers, buckets, targets, origins = batch
    sums = logits(layers, numbers, buckets, key, DROPPED) + layers["sets"][origins]
    return -(targets * jax.nn.log_softmax(sums)).sum() / len(targets)


def _still(layers: Layers) -> Moments:
    zeros = {name: jnp.zeros_like(value) for name, value in layers.items()}
    return zeros, {name: jnp.zeros_like(value) for name, value in layers.items()}, jnp.float32(0)


def _stepped(
    layers: Layers, moments: Moments, slopes: Layers, rate: Array
) -> tuple[Layers, Moments]:
    """Return layers and moments after one step of Adam; slopes beyond a length are cut to it."""
    mean, square, steps = moments
    steps = steps + 1
    length = jnp.sqrt(sum(jnp.vdot(slope, slope) for slope in slopes.values()))
    cut = jnp.minimum(1.0, _LONGEST / (length + 1e-9))
    slopes = {name: slope * cut for name, slope in slopes.items()}
    mean = {name: _MEMORY * mean[name] + (1 - _MEMORY) * slopes[name] for name in slopes}
    square = {
        name: _SQUARE_MEMORY * square[name] + (1 - _SQUARE_MEMORY) * slopes[name] ** 2
        for name in slopes
    }
    mean_full, square_full = 1 - _MEMORY**steps, 1 - _SQUARE_MEMORY**steps
    moved = {
        name: layers[name]
        - rate * (mean[name] / mean_full) / (jnp.sqrt(square[name] / square_full) + 1e-7)
        for name in layers
    }
    return moved, (mean, square, steps)
