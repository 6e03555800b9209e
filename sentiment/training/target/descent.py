"""Fits the target net, from the text net's weights, by Adam (Kingma & Ba 2015).

The targets are smoothed; a bias for each set takes up what is usual there and is left out
afterwards, as in ``sentiment.training.net``.
"""

from collections.abc import Sequence
from typing import Final

import jax
import jax.numpy as jnp
import numpy as np

from sentiment.engines.charnet_model import EMBEDDINGS, Net
from sentiment.engines.target_net_model import MATRICES, TABLES, VECTORS, TargetNet
from sentiment.training.batches import CLASSES
from sentiment.training.data import DataSet
from sentiment.training.net.layers import Array, Layers
from sentiment.training.net.rows import batch_height
from sentiment.training.target.data import TargetSet
from sentiment.training.target.invented import EACH_EPOCH, invented
from sentiment.training.target.layers import begun, logits
from sentiment.training.target.rows import Examples, make_examples

EPOCHS: Final = 3
RATE: Final = 1.5e-3
EMBEDDING_RATE: Final = 0.5  # of RATE
WARM_UP: Final = 60  # steps
DROPPED: Final = 0.3
SMOOTHING: Final = 0.1
_MEMORY, _SQUARE_MEMORY, _LONGEST = 0.9, 0.98, 1.0

Moments = tuple[Layers, Layers, Array]


def fit(targets: Sequence[TargetSet], texts: Sequence[DataSet], net: Net, seed: int) -> TargetNet:
    """Return a net fitted to the train rows of *targets* and, with names put in, of *texts*."""
    rng = np.random.default_rng(seed)
    known = net.known
    own = make_examples((), np.zeros(0, dtype=np.int64), 0, known)
    for column, data in enumerate(targets):
        own = own.joined(make_examples(data.train.aims, data.train.labels, column, known))
    layers = begun(net, len(targets) + len(texts), rng)
    layers = _descended(
        layers, [_epoch(own, texts, len(targets), net, rng) for _ in range(EPOCHS)], rng, seed
    )
    kept = (*EMBEDDINGS, *MATRICES, *VECTORS, *TABLES)
    return TargetNet.of(known, {name: np.asarray(layers[name]) for name in kept})


def _epoch(
    own: Examples, texts: Sequence[DataSet], first: int, net: Net, rng: np.random.Generator
) -> Examples:
    found = own
    for column, data in enumerate(texts, start=first):
        aims, labels = invented(data.train, EACH_EPOCH, rng)
        found = found.joined(make_examples(aims, labels, column, net.known))
    return found


def _descended(
    layers: Layers, epochs: Sequence[Examples], rng: np.random.Generator, seed: int
) -> Layers:
    step = jax.jit(_step, donate_argnums=(0, 1))
    key = jax.random.PRNGKey(seed)
    batches = [(each, *batch) for each in epochs for batch in each.batches(rng)]
    zeros = {name: jnp.zeros_like(value) for name, value in layers.items()}
    moments = (
        zeros,
        {name: jnp.zeros_like(value) for name, value in layers.items()},
        jnp.float32(0),
    )
    for done, (examples, length, chosen) in enumerate(batches):
        read = examples.padded(length, chosen, rng)
        targets = np.zeros((batch_height(length), CLASSES), dtype=np.float32)
        targets[: len(chosen)] = SMOOTHING / CLASSES
        targets[range(len(chosen)), examples.labels[chosen]] += 1 - SMOOTHING
        origins = np.zeros(len(targets), dtype=np.int32)
        origins[: len(chosen)] = examples.sets[chosen]
        rate = RATE * min(1, (done + 1) / WARM_UP) * (1 - done / len(batches))
        batch = (read, targets, origins)
        layers, moments = step(layers, moments, batch, jax.random.fold_in(key, done), rate)
    return layers


def _loss(layers: Layers, batch: tuple[Array, Array, Array], key: Array) -> Array:
    read, targets, origins = batch
    sums = logits(layers, read, key, DROPPED) + layers["sets"][origins]
    return -(targets * jax.nn.log_softmax(sums)).sum() / len(targets)


def _step(
    layers: Layers, moments: Moments, batch: tuple[Array, Array, Array], key: Array, rate: Array
) -> tuple[Layers, Moments]:
    """Return layers and moments after one step; slopes beyond a length are cut to it."""
    slopes = jax.grad(_loss)(layers, batch, key)
    mean, square, steps = moments
    steps = steps + 1
    length = jnp.sqrt(sum(jnp.vdot(slope, slope) for slope in slopes.values()))
    cut = jnp.minimum(1.0, _LONGEST / (length + 1e-9))
    moved, new_mean, new_square = {}, {}, {}
    for name, value in layers.items():
        slope = slopes[name] * cut
        new_mean[name] = _MEMORY * mean[name] + (1 - _MEMORY) * slope
        new_square[name] = _SQUARE_MEMORY * square[name] + (1 - _SQUARE_MEMORY) * slope**2
        own = rate * EMBEDDING_RATE if name in EMBEDDINGS else rate
        full = new_mean[name] / (1 - _MEMORY**steps)
        spread = jnp.sqrt(new_square[name] / (1 - _SQUARE_MEMORY**steps)) + 1e-7
        moved[name] = value - own * full / spread
    return moved, (new_mean, new_square, steps)
