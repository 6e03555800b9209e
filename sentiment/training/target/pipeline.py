"""From target sets to a net with its blends, and how well it does beside what was there before."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from sentiment.engines.charnet import Blend
from sentiment.engines.ngram import NgramScorer
from sentiment.engines.target_net import Blends, TargetOpinion, log_probabilities
from sentiment.engines.target_net_model import TargetNet
from sentiment.target import LONE_TARGET, Aim, aim_window
from sentiment.training.data import NEUTRAL, DataSet
from sentiment.training.measure import Figures, measure
from sentiment.training.measure_targets import TargetFigures, measure_targets, mixed
from sentiment.training.target.blend import Floats, Heard, crossed, fit_blends
from sentiment.training.target.data import TargetRows, TargetSet
from sentiment.training.target.invented import invented

PUT_ROWS: Final = 450  # of each whole-text set, dev texts with names put into them
# How much such a set counts in the blends, beside 1 of a set of targets. Of a bare target it may be
# any part of a text; beside others that are known, it is mostly a brand.
BARE_SAY, BESIDE_SAY = 0.05, 1.0
_UNTUNED: Final = Blends(Blend(1.0, 0.0, (0.0, 0.0, 0.0)), {})


@dataclass(frozen=True)
class Compared:
    """One set by the whole text, by the window, by the net alone, and by window and net.

    *untyped* is by window and net when nobody tells the source type.
    """

    rows: int
    mixed_rows: int
    whole: TargetFigures
    window: TargetFigures
    net: TargetFigures
    both: TargetFigures
    untyped: TargetFigures


@dataclass(frozen=True)
class PutFigures:
    """Texts of a whole-text set with names put into them: by the window, and by window and net."""

    window: Figures
    both: Figures


@dataclass(frozen=True)
class Measured:
    """The net with its blends, and the figures of the rows held back, by set."""

    opinion: TargetOpinion
    targets: dict[str, Compared]
    lone: dict[str, PutFigures]
    beside: dict[str, PutFigures]


def blended(
    net: TargetNet,
    scorer: NgramScorer,
    targets: Sequence[TargetSet],
    texts: Sequence[DataSet],
    seed: int,
) -> Measured:
    """Return *net* with blends fitted to the rows held back; figures by blends fitted to others."""
    untuned = TargetOpinion(net, _UNTUNED, _UNTUNED)
    rng = np.random.default_rng(seed)
    aimed = [_heard(data, _bare(data.dev), scorer, untuned) for data in targets]
    known = [
        _heard(data, rows, scorer, untuned)
        for data in targets
        if len(rows := _with_others(data.dev))
    ]
    lone, beside = [], []
    for data in texts:
        if len(data.dev):
            alone, pairs = _put(data, rng)
            lone.append(replace(_heard(data, alone, scorer, untuned), say=BARE_SAY))
            beside.append(replace(_heard(data, pairs, scorer, untuned), say=BESIDE_SAY))
    found, found_beside = crossed([*aimed, *lone]), crossed([*known, *beside])
    untyped = crossed([*aimed, *lone], typed=False)
    return Measured(
        TargetOpinion(net, fit_blends([*aimed, *lone]), fit_blends([*known, *beside])),
        {
            data.name: _compared(data, each, (found[data.name], untyped[data.name]), scorer)
            for data, each in zip(targets, aimed, strict=True)
        },
        {each.name: _put_figures(each, found[each.name]) for each in lone},
        {each.name: _put_figures(each, found_beside[each.name]) for each in beside},
    )


def _bare(rows: TargetRows) -> TargetRows:
    """Return *rows* as most callers have them: they do not know what else is named."""
    return TargetRows(tuple(Aim(aim.text, aim.spans) for aim in rows.aims), rows.labels)


def _with_others(rows: TargetRows) -> TargetRows:
    """Return those of *rows* beside which others are known."""
    return rows.part([at for at, aim in enumerate(rows.aims) if aim.others])


def _put(data: DataSet, rng: np.random.Generator) -> tuple[TargetRows, TargetRows]:
    """Return dev texts with a name put into them, and those that stand beside a second text."""
    aims, labels = invented(data.dev, PUT_ROWS, rng)
    pairs = np.array([bool(aim.others) for aim in aims], dtype=np.bool_)
    lone, beside = (
        TargetRows(tuple(aims[at] for at in np.flatnonzero(chosen)), labels[chosen])
        for chosen in (~pairs, pairs)
    )
    return lone, beside


def _heard(
    data: TargetSet | DataSet, rows: TargetRows, scorer: NgramScorer, opinion: TargetOpinion
) -> Heard:
    windows = [aim_window(aim, LONE_TARGET) for aim in rows.aims]
    return Heard(
        data.name,
        data.source_type,
        data.has_neutral,
        log_probabilities(scorer.score(windows, data.source_type)),
        log_probabilities(scorer.score(windows)),
        opinion.logits(rows.aims)[0],
        rows.labels,
    )


def _compared(
    data: TargetSet, heard: Heard, both: tuple[Floats, Floats], scorer: NgramScorer
) -> Compared:
    texts, labels = [aim.text for aim in data.dev.aims], data.dev.labels
    whole = scorer.probabilities(texts, data.source_type)
    answers = (whole, heard.windows, heard.net, *both)
    return Compared(
        len(labels),
        int((mixed(texts, labels) & (labels != NEUTRAL)).sum()),
        *(measure_targets(texts, answer, labels) for answer in answers),
    )


def _put_figures(heard: Heard, both: Floats) -> PutFigures:
    return PutFigures(
        measure(np.exp(heard.windows), heard.labels, has_neutral=heard.has_neutral),
        measure(both, heard.labels, has_neutral=heard.has_neutral),
    )
