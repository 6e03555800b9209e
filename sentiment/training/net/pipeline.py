"""From sets to a net with its blends, and how well both engines do together."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from sentiment.engines.charnet import DOUBT, Blend, SecondOpinion
from sentiment.engines.charnet_model import Net
from sentiment.engines.ngram_model import Calibration, Floats, Model
from sentiment.training.calibrate import Judged, calibrate
from sentiment.training.data import DataSet, Rows

SAY: Final = 0.3  # of the net in the mean of log-probabilities; .2 to .4 do as well on dev rows


def blended(net: Net, model: Model, sets: Sequence[DataSet]) -> SecondOpinion:
    """Return *net* with blends fitted to the dev rows of *sets*."""
    untuned = SecondOpinion(net, Blend(1.0, 0.0, (0.0, 0.0, 0.0)), {})
    held = [data for data in sets if len(data.dev)]
    first = [_judged(data, model.logits(data.dev.texts)[0]) for data in held]
    second = [_judged(data, untuned.logits(data.dev.texts)) for data in held]
    by_first, by_second = calibrate(first)[0], calibrate(second)[0]
    mixed = [
        _judged(
            data, (1 - SAY) * _scaled(one.logits, by_first) + SAY * _scaled(two.logits, by_second)
        )
        for data, one, two in zip(held, first, second, strict=True)
    ]
    general, by_type = calibrate(mixed)
    return SecondOpinion(
        net,
        _blend(by_first, by_second, general),
        {name: _blend(by_first, by_second, own) for name, own in by_type.items()},
    )


def judge(
    model: Model, second: SecondOpinion, rows: Rows, source_type: str | None
) -> tuple[Floats, float]:
    """Return the probabilities of *rows*, (rows, 3), and the share that the net was asked for."""
    logits, _spoken = model.logits(rows.texts)
    found = model.calibration(source_type).probabilities(logits)
    asked = np.flatnonzero(found.max(axis=1) < DOUBT)
    if len(asked):
        heard = second.logits([rows.texts[at] for at in asked.tolist()])
        found[asked] = second.blend(source_type).probabilities(logits[asked], heard)
    return found, len(asked) / max(len(rows), 1)


def _judged(data: DataSet, logits: Floats) -> Judged:
    return Judged(data.source_type, data.has_neutral, logits, data.dev.labels)


def _scaled(logits: Floats, calibration: Calibration) -> Floats:
    return np.asarray(logits / calibration.temperature + np.array(calibration.biases))


def _blend(first: Calibration, second: Calibration, together: Calibration) -> Blend:
    shares = ((1 - SAY) / together.temperature, SAY / together.temperature)
    biases = shares[0] * np.array(first.biases) + shares[1] * np.array(second.biases)
    negative, neutral, positive = (biases + np.array(together.biases)).tolist()
    return Blend(
        shares[0] / first.temperature,
        shares[1] / second.temperature,
        (negative, neutral, positive),
    )
