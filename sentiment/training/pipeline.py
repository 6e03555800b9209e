"""From sets to a calibrated model, and how well it does on a set it never saw."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from sentiment.engines.ngram_model import Floats, Model
from sentiment.training.calibrate import Judged, calibrate
from sentiment.training.data import DataSet, Rows
from sentiment.training.fit import fit
from sentiment.training.measure import Figures, measure


def train(sets: Sequence[DataSet], seed: int) -> Model:
    """Return a model fitted to the train rows of *sets* and calibrated on their dev rows."""
    model = Model.quantised(fit(sets, seed))
    judged = [
        Judged(data.source_type, data.has_neutral, model.logits(data.dev.texts)[0], data.dev.labels)
        for data in sets
        if len(data.dev)
    ]
    general, by_type = calibrate(judged)
    return replace(model, general=general, by_type=by_type)


def judge(model: Model, rows: Rows, source_type: str | None) -> Floats:
    """Return the probabilities of *rows*, (rows, 3)."""
    logits, _spoken = model.logits(rows.texts)
    return model.calibration(source_type).probabilities(logits)


def measure_dev(model: Model, sets: Sequence[DataSet]) -> dict[str, Figures]:
    """Return the figures on the dev rows of each set."""
    return {data.name: _measured(model, data, data.dev) for data in sets if len(data.dev)}


def leave_out(sets: Sequence[DataSet], name: str, seed: int) -> Figures:
    """Train without the set *name* and return the figures on all of its rows."""
    model = train([data for data in sets if data.name != name], seed)
    left_out = next(data for data in sets if data.name == name)
    rows = Rows(
        left_out.train.texts + left_out.dev.texts,
        np.concatenate([left_out.train.labels, left_out.dev.labels]),
    )
    return _measured(model, left_out, rows)


def _measured(model: Model, data: DataSet, rows: Rows) -> Figures:
    found = judge(model, rows, data.source_type)
    return measure(found, rows.labels, has_neutral=data.has_neutral)
