"""The model card: what the weights are, what they were learned from, and how well they do."""

from collections.abc import Sequence
from typing import Final

from sentiment.activity_model import VERSION, ActivityModel
from sentiment.training.activity.lines import Line
from sentiment.training.activity.measure import table

_TEXT: Final = """# Model card: activity-{version}

A linear model that names what a text says a competitor is doing: one of eight types, or 其他. It
weighs hashed character n-grams and what the rules of `activity_rules.json` find. A type less likely
than {threshold:.2f} is not named. Made by

    python -m sentiment.training.activity --seed {seed}

from {train} lines of `sentiment/training/activity/lines.jsonl`, written for this purpose; what each
type means stands in `types.md` beside it. The brands are invented, and drawn anew in training, so
that no name speaks for a type.

## Figures
On {test} lines whose templates the fit did not see:

{split}

On {held} lines of `held.jsonl`, written after the model's form was fixed, in other styles and about
other brands; nothing was chosen by them:

{on_held}

## Limits
- The lines and the rules have one author; texts from the wild will differ more. The words of the
  rules were gathered after the first lines were written, so the figures on the split lines are an
  upper bound, and those on the held lines are the ones to expect.
- One type a text: a post that does two things gets the one that weighs more.
- It reads the first {read} characters and does not know which brand the text is about.
"""


def model_card(model: ActivityModel, lines: Sequence[Line], held: Sequence[Line], seed: int) -> str:
    """Return the card, in Markdown."""
    from sentiment.activity_rules import READ

    test = [line for line in lines if line.for_test]
    choosers = {"model": model.choose}
    return _TEXT.format(
        version=VERSION,
        threshold=model.threshold,
        seed=seed,
        train=len(lines) - len(test),
        test=len(test),
        split=table(test, choosers),
        held=len(held),
        on_held=table(held, choosers),
        read=READ,
    )
