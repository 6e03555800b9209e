"""From target sets to a net with its blends, and how well it does beside what was there before."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from sentiment.engines.charnet import Blend
from sentiment.engines.ngram import NgramScorer
from sentiment.engines.target_net import TargetOpinion, log_probabilities
from sentiment.engines.target_net_model import TargetNet
from sentiment.target import LONE_TARGET, Aim, aim_window
from sentiment.training.data import NEUTRAL, DataSet
from sentiment.training.measure import Figures, measure
from sentiment.training.measure_targets import TargetFigures, measure_targets, mixed
from sentiment.training.target.blend import Floats, Heard, crossed, fit_blends
from sentiment.training.target.data import TargetRows, TargetSet
from sentiment.training.target.invented import lone_targets

LONE_ROWS: Final = 300  # dev rows of each whole-text set that a stretch is made the target of
_NEUTRAL: Final = (0.0, 0.0, 0.0)


@dataclass(frozen=True)
class Compared:
    """One set by the whole text, by the window, by the net alone, and by window and net."""

    rows: int
    mixed_rows: int
    whole: TargetFigures
    window: TargetFigures
    net: TargetFigures
    both: TargetFigures


@dataclass(frozen=True)
class LoneFigures:
    """Whole texts of one set, scored as such and towards a stretch of them."""

    whole: Figures
    towards: Figures


@dataclass(frozen=True)
class Measured:
    """The net with its blends, and the figures of the rows held back, by set."""

    opinion: TargetOpinion
    targets: dict[str, Compared]
    lone: dict[str, LoneFigures]


def blended(
    net: TargetNet,
    scorer: NgramScorer,
    targets: Sequence[TargetSet],
    texts: Sequence[DataSet],
    seed: int,
) -> Measured:
    """Return *net* with blends fitted to the rows held back; figures by blends fitted to others."""
    untuned = TargetOpinion(net, Blend(1.0, 0.0, _NEUTRAL), {})
    rng = np.random.default_rng(seed)
    aimed = [_heard(data, data.dev, scorer, untuned) for data in targets]
    thinned = [_thinned(data) for data in texts if len(data.dev)]
    alone = [
        _heard(data, TargetRows(lone_targets(data, rng), data.dev.labels), scorer, untuned)
        for data in thinned
    ]
    heard = [*aimed, *alone]
    found = crossed(heard)
    general, by_type = fit_blends(heard)
    return Measured(
        TargetOpinion(net, general, by_type),
        {
            data.name: _compared(data, each, found[data.name], scorer)
            for data, each in zip(targets, aimed, strict=True)
        },
        {data.name: _lone_figures(data, found[data.name], scorer) for data in thinned},
    )


def _thinned(data: DataSet) -> DataSet:
    return DataSet(data.name, data.source_type, data.train, data.dev.thinned(LONE_ROWS))


def _heard(
    data: TargetSet | DataSet, rows: TargetRows, scorer: NgramScorer, opinion: TargetOpinion
) -> Heard:
    bare = [Aim(aim.text, aim.spans) for aim in rows.aims]  # a caller seldom knows the others
    windows = [aim_window(aim, LONE_TARGET) for aim in bare]
    return Heard(
        data.name,
        data.source_type,
        data.has_neutral,
        log_probabilities(scorer.score(windows, data.source_type)),
        opinion.logits(bare)[0],
        rows.labels,
    )


def _compared(data: TargetSet, heard: Heard, both: Floats, scorer: NgramScorer) -> Compared:
    texts, labels = [aim.text for aim in data.dev.aims], data.dev.labels
    whole = scorer.probabilities(texts, data.source_type)
    answers = (whole, heard.windows, heard.net, both)
    return Compared(
        len(labels),
        int((mixed(texts, labels) & (labels != NEUTRAL)).sum()),
        *(measure_targets(texts, answer, labels) for answer in answers),
    )


def _lone_figures(data: DataSet, towards: Floats, scorer: NgramScorer) -> LoneFigures:
    rows = data.dev
    whole = scorer.probabilities(rows.texts, data.source_type)
    return LoneFigures(
        measure(whole, rows.labels, has_neutral=data.has_neutral),
        measure(towards, rows.labels, has_neutral=data.has_neutral),
    )
