"""The figures of the engines side by side, in Markdown."""

from collections.abc import Mapping, Sequence
from dataclasses import astuple
from typing import Final

from bench.sentiment.accuracy import Compared
from sentiment.training.card import FIGURES, decimal
from sentiment.training.measure import mean_figures

BY_SET: Final = FIGURES[:3]  # in tables of their own, one row a set


def accuracy_tables(
    compared: Compared, column: str = "", more: Mapping[str, Mapping[str, str]] | None = None
) -> str:
    """Return a summary and a table for each figure; *more* is a column by set and figure."""
    parts = [summary(compared)]
    for place, name in enumerate(BY_SET):
        others = {row: cells.get(name, "–") for row, cells in (more or {}).items()}
        if rows := _by_set(compared, place, others if column else None):
            head = [name, *compared, *([column] if column else [])]
            parts.append(table(head, rows))
    return "\n\n".join(parts)


def summary(compared: Compared) -> str:
    """Return one row an engine: means over the sets, and the pooled error of p_negative."""
    rows = []
    for engine, measured in compared.items():
        *means, _error = astuple(mean_figures(list(measured.by_set.values())))
        rows.append([engine, *map(decimal, [*means, measured.pooled_calibration_error])])
    return table(["mean of the sets", *FIGURES], rows)


def _by_set(compared: Compared, place: int, others: Mapping[str, str] | None) -> list[list[str]]:
    """Return one figure, one row a set that has it, with a cell of *others* at its end."""
    rows = []
    for name in next(iter(compared.values())).by_set:
        cells = [decimal(astuple(measured.by_set[name])[place]) for measured in compared.values()]
        if set(cells) != {"–"}:
            rows.append([name, *cells, *([] if others is None else [others.get(name, "–")])])
    return rows


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
