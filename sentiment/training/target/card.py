"""The card of the target net: what it was learned from, and what it adds to a window's score."""

from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass
from datetime import date
from typing import Final

from sentiment.engines.target_net_model import VERSION
from sentiment.engines.target_net_text import LONGEST
from sentiment.training.card import decimal
from sentiment.training.data import DataSet
from sentiment.training.target.data import TargetSet
from sentiment.training.target.invented import EACH_EPOCH
from sentiment.training.target.pipeline import PUT_ROWS, Compared, Measured, PutFigures

_ORIGINS: Final = {
    "restaurants": "restaurant reviews and their aspects, yangheng95/ABSADatasets",
    "products": "reviews of cameras, cars, notebooks and phones, yangheng95/ABSADatasets",
    "hair": "shampoo reviews, targets often whole phrases, yangheng95/ABSADatasets",
    "mooc": "reviews of online courses, yangheng95/ABSADatasets",
    "stance": "Weibo posts and whom they stand by, chenyez/C-STANCE",
}

_PUT: Final = (
    "| set | polarity, window | both | false alarms, window | both | calibration error, window "
    "| both |\n|---|---|---|---|---|---|---|"
)

_TEXT: Final = """# Model card: target-{version}

A small character net that scores a text towards a target in it: the net of `charnet.md`, told where
each character stands towards the target, and fitted further to texts with targets. Of a long text
it reads the {longest} characters nearest to where the target is named. Its answer is weighed with
the score of the window of text that speaks of the target (`sentiment/target.py`).
`sentiment/training/target` holds its making. Made on {day} by

    {command}

from the sets below, beginning with the weights in `charnet.npz`. The weights are ours; **the texts'
own licences are unclear.** No text is kept in the weights.

## Sets
Fitted to the train rows; an eighth of the texts, with their near-duplicates, was held back.

| set | source type | train rows | rows held back | neutral | what it is |
|---|---|---|---|---|---|
{sets}

Besides, in each epoch {invented} rows of the train rows of each set in `ngram.md` ({texts}), with a
name put into them or a stretch of them as the target, a third of them beside a second text.

## Figures on the rows held back
*Whole*: the score of the whole text; *window*: that of the window of the target; *net*: this net
alone, uncalibrated; *both*: what a caller gets who tells the source type, *untyped*: who does not,
by weights fitted to the other half of these rows.
No caller told who else is named. Polarity is the accuracy on rows labelled positive or negative;
*mixed* texts praise one target and blame another.

{targets}

## Names put into whole texts
{put_rows} rows made of dev rows of each set in `ngram.md`. First a name before the text, or a
stretch of it, as the only target:

{lone}

Then two texts, each behind a name, both names known; the target is one of them:

{beside}

A brand that is the only one watched in a short text never comes here: it keeps the score of the
text. Bare targets, and those beside others that are known, have weights of their own.

## Limits
- The sets are reviews, and posts on matters of the day. Few of their targets are brands.
- A label towards a target in the reviews is nearly always a judgement; a target that is only named
  is neutral as far as the posts and the whole-text sets taught it.
- What stands beyond {longest} characters it does not read; the window may.
"""


@dataclass(frozen=True)
class Findings:
    """Everything a card tells."""

    targets: Sequence[TargetSet]
    texts: Sequence[DataSet]
    measured: Measured
    command: str
    day: date


def target_card(found: Findings) -> str:
    """Return the card, in Markdown."""
    return _TEXT.format(
        version=VERSION,
        longest=LONGEST,
        day=found.day.isoformat(),
        command=found.command,
        sets="\n".join(map(_set_row, found.targets)),
        invented=EACH_EPOCH,
        texts=", ".join(data.name for data in found.texts),
        targets=_target_table(found.measured.targets),
        put_rows=PUT_ROWS,
        lone=_put_table(found.measured.lone),
        beside=_put_table(found.measured.beside),
    )


def _set_row(data: TargetSet) -> str:
    neutral = "yes" if data.has_neutral else "no"
    about = _ORIGINS.get(data.name, "not described")
    sizes = f"{len(data.train):,} | {len(data.dev):,}"
    return f"| {data.name} | {data.source_type} | {sizes} | {neutral} | {about} |"


def _target_table(rows: Mapping[str, Compared]) -> str:
    lines = [
        "| set | rows | scored by | polarity | polarity in mixed texts (rows) | all three labels |",
        "|---|---|---|---|---|---|",
    ]
    for name, row in rows.items():
        for kind in ("whole", "window", "net", "both", "untyped"):
            polarity, mixed, accuracy = map(decimal, astuple(getattr(row, kind)))
            cells = f"{polarity} | {mixed} ({row.mixed_rows}) | {accuracy}"
            lines.append(f"| {name} | {row.rows:,} | {kind} | {cells} |")
    return "\n".join(lines)


def _put_table(rows: Mapping[str, PutFigures]) -> str:
    return "\n".join([_PUT, *(_put_row(*pair) for pair in rows.items())])


def _put_row(name: str, row: PutFigures) -> str:
    cells = [
        row.window.polarity,
        row.both.polarity,
        row.window.false_alarms,
        row.both.false_alarms,
        row.window.calibration_error,
        row.both.calibration_error,
    ]
    return f"| {name} | {' | '.join(map(decimal, cells))} |"
