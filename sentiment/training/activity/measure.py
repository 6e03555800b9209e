"""How good named activities are: precision and recall of each type, as Markdown."""

from collections.abc import Callable, Mapping, Sequence
from operator import eq
from typing import Final

from sentiment.activity import ACTIVITIES, OTHER
from sentiment.training.activity.lines import Line

Chooses = Callable[[Sequence[str]], Sequence[str]]

# A type that is named and not held costs a reader more than one that goes under 其他.
_BETA: Final = 0.5


def table(lines: Sequence[Line], choosers: Mapping[str, Chooses]) -> str:
    """Return a row for each type and one for all, two columns for each of *choosers*."""
    said = {name: choose([line.text for line in lines]) for name, choose in choosers.items()}
    truth = [line.type for line in lines]
    rows = ["| type | lines |" + "".join(f" {name}: precision | recall |" for name in said)]
    rows.append("|---" * (2 + 2 * len(said)) + "|")
    for kind in ACTIVITIES:
        figures = [precision_recall(truth, given, kind) for given in said.values()]
        rows.append(f"| {kind} | {truth.count(kind)} |" + _cells(figures))
    means = [_mean_of_named(truth, given) for given in said.values()]
    rows.append(f"| **mean without {OTHER}** | |" + _cells(means))
    right = [sum(map(eq, truth, given)) / max(len(truth), 1) for given in said.values()]
    rows.append(f"| **right of all** | {len(truth)} |" + "".join(f" {x:.3f} | |" for x in right))
    return "\n".join(rows)


def precision_recall(truth: Sequence[str], said: Sequence[str], kind: str) -> tuple[float, float]:
    """Return precision and recall of *kind*; 0 where nothing was said or nothing was there."""
    hits = sum(a == b == kind for a, b in zip(truth, said, strict=True))
    return hits / max(list(said).count(kind), 1), hits / max(list(truth).count(kind), 1)


def _mean_of_named(truth: Sequence[str], said: Sequence[str]) -> tuple[float, float]:
    pairs = [precision_recall(truth, said, kind) for kind in ACTIVITIES if kind != OTHER]
    precisions, recalls = zip(*pairs, strict=True)
    return sum(precisions) / len(pairs), sum(recalls) / len(pairs)


def named_score(truth: Sequence[str], said: Sequence[str]) -> float:
    """Return F0.5 of the named types together: precision counts twice as much as recall."""
    hits = sum(a == b != OTHER for a, b in zip(truth, said, strict=True))
    named = sum(each != OTHER for each in said)
    there = sum(each != OTHER for each in truth)
    return (1 + _BETA**2) * hits / max(named + _BETA**2 * there, 1)


def _cells(figures: Sequence[tuple[float, float]]) -> str:
    return "".join(f" {precision:.3f} | {recall:.3f} |" for precision, recall in figures)
