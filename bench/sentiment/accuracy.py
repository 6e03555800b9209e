"""What each engine says of the same rows: dev rows of seen sets, and all rows of unseen ones."""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace

from bench.sentiment.engines import Engine, on_seen_sets, on_unseen_set
from sentiment.training.data import DataSet, Rows
from sentiment.training.measure import Measured, Predictions

Compared = dict[str, Measured]  # by engine


def thinned(sets: Sequence[DataSet], train_rows: int | None) -> list[DataSet]:
    """Return *sets* with at most *train_rows* train rows each, evenly from all over."""
    if train_rows is None:
        return list(sets)
    return [replace(data, train=data.train.thinned(train_rows)) for data in sets]


def compare_seen(sets: Sequence[DataSet], limit: int | None) -> Compared:
    """Return the figures of each engine on *limit* dev rows of each set (None: all)."""
    engines = on_seen_sets(sets)
    _note("dev rows")
    return _measured(
        {
            data.name: _answers(engines, data, _limited(data.dev, limit))
            for data in sets
            if len(data.dev)
        }
    )


def compare_unseen(
    sets: Sequence[DataSet], names: Sequence[str], limit: int | None, seed: int
) -> Compared:
    """Return the figures on *limit* rows of each of *names*, by engines taught without that set."""
    answers = {}
    for data in sets:
        if data.name in names:
            _note(f"without {data.name}")
            engines = on_unseen_set([other for other in sets if other is not data], seed)
            answers[data.name] = _answers(engines, data, _limited(data.every, limit))
    return _measured(answers)


def _answers(engines: Mapping[str, Engine], data: DataSet, rows: Rows) -> dict[str, Predictions]:
    return {
        name: Predictions(
            data.source_type, data.has_neutral, engine(rows, data.source_type), rows.labels
        )
        for name, engine in engines.items()
    }


def _measured(answers: Mapping[str, Mapping[str, Predictions]]) -> Compared:
    """Turn answers by set and engine round."""
    engines = next(iter(answers.values()))
    return {
        engine: Measured.of({name: by_engine[engine] for name, by_engine in answers.items()})
        for engine in engines
    }


def _limited(rows: Rows, limit: int | None) -> Rows:
    return rows if limit is None else rows.thinned(limit)


def _note(what: str) -> None:
    print(f"measuring {what}", file=sys.stderr, flush=True)
