"""From sets to a calibrated model, and how well it does on a set it never saw."""

from collections.abc import Sequence
from dataclasses import replace

from sentiment.engines.ngram_model import Floats, Model
from sentiment.training.calibrate import Judged, calibrate
from sentiment.training.data import DataSet, Rows
from sentiment.training.fit import fit
from sentiment.training.measure import Predictions


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


def predict(model: Model, data: DataSet, rows: Rows) -> Predictions:
    """Return what *model* says of *rows* of *data*."""
    found = judge(model, rows, data.source_type)
    return Predictions(data.source_type, data.has_neutral, found, rows.labels)


def predict_dev(model: Model, sets: Sequence[DataSet]) -> dict[str, Predictions]:
    """Return what *model* says of the dev rows of each set."""
    return {data.name: predict(model, data, data.dev) for data in sets if len(data.dev)}


def leave_out(sets: Sequence[DataSet], name: str, seed: int) -> Predictions:
    """Train without the set *name* and return what the model says of all of its rows."""
    model = train([data for data in sets if data.name != name], seed)
    left_out = next(data for data in sets if data.name == name)
    return predict(model, left_out, left_out.every)
