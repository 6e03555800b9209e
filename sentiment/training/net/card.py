"""The card of the net: what it was learned from, and what it adds to the n-gram model."""

from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass
from datetime import date
from typing import Final

import numpy as np

from sentiment.engines.charnet import DOUBT
from sentiment.engines.charnet_model import VERSION
from sentiment.training.card import FIGURES, NONE_LEFT_OUT, decimal, pooled_line, set_row
from sentiment.training.data import DataSet
from sentiment.training.measure import Figures, Measured, Predictions, mean_figures
from sentiment.training.net.pipeline import SAY

_COLUMNS: Final = [column for name in FIGURES for column in (name, "with the net")]
_HEAD: Final = f"| set | {' | '.join(_COLUMNS)} | asked |\n|{'---|' * (len(_COLUMNS) + 2)}"

_TEXT: Final = """# Model card: net-{version}

A small character net: character and hashed-pair embeddings, three gated convolutions over up to 160
characters of a text, mean and maximum, three classes. It stands behind the n-gram engine
(`ngram.md`), which asks it about the texts whose likeliest label has a probability below
{doubt:.2f}; in the mean of the calibrated log-probabilities it then has a say of {say:.1f}.
`sentiment/training/net` holds its making. Made on {day} by

    {command}

from the sets below. The weights are ours; **the texts' own licences are unclear.** No text is kept
in the weights.

## Sets
Fitted to the train rows; the blends were fitted to the dev rows, which were left out of the fit.

| set | source type | train rows | dev rows | neutral | what it is |
|---|---|---|---|---|---|
{sets}

## Figures on the dev rows
The n-gram model alone, and with the net; *asked* is the share of texts that the net saw. The blends
have seen these rows (five figures for each source type).

{dev}

## Figures on sets that were left out
Both trained without all of these sets, and measured on all of their rows.

{unseen}

## Limits
- As `ngram.md` says of the n-gram model; the net sees further, but no more than 15 characters.
- Of a text beyond 160 characters it reads the first 96 and the last 64.
"""


@dataclass(frozen=True)
class Row:
    """What was said of one set: by the n-gram model, with the net, and the share asked for."""

    alone: Predictions
    both: Predictions
    share: float


@dataclass(frozen=True)
class Findings:
    """Everything a card tells."""

    sets: Sequence[DataSet]
    dev: Mapping[str, Row]
    unseen: Mapping[str, Row]
    command: str
    day: date


def net_card(found: Findings) -> str:
    """Return the card, in Markdown."""
    return _TEXT.format(
        version=VERSION,
        doubt=DOUBT,
        say=SAY,
        command=found.command,
        day=found.day.isoformat(),
        sets="\n".join(set_row(data) for data in found.sets),
        dev=_table(found.dev),
        unseen=_table(found.unseen) if found.unseen else NONE_LEFT_OUT,
    )


def _table(rows: Mapping[str, Row]) -> str:
    alone = Measured.of({name: row.alone for name, row in rows.items()})
    both = Measured.of({name: row.both for name, row in rows.items()})
    lines = [
        _line(name, alone.by_set[name], both.by_set[name], row.share) for name, row in rows.items()
    ]
    mean = _line(
        "**mean**",
        mean_figures(list(alone.by_set.values())),
        mean_figures(list(both.by_set.values())),
        float(np.mean([row.share for row in rows.values()])),
    )
    pooled = [decimal(each.pooled_calibration_error) for each in (alone, both)]
    return "\n".join([_HEAD, *lines, mean, "", pooled_line(" and with the net ".join(pooled))])


def _line(name: str, alone: Figures, both: Figures, share: float) -> str:
    cells = [cell for pair in zip(astuple(alone), astuple(both), strict=True) for cell in pair]
    return f"| {name} | {' | '.join(map(decimal, [*cells, share]))} |"
