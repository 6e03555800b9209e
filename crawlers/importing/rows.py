"""One row of a file, whatever the file's format."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Row:
    """Cells by column. *number* is the line of a JSONL file, the entry of a JSON array, the row of
    a table as spreadsheets count it (the header is row 1). With *fault* the row cannot be read.
    """

    number: int
    cells: dict[str, Any] = field(default_factory=dict)
    sheet: str = ""
    fault: str = ""


def unique_names(header: list[str]) -> list[str]:
    """Return *header* with empty and repeated names told apart (``内容 (2)``, ``第 3 列``)."""
    names: list[str] = []
    seen: dict[str, int] = {}
    for position, given in enumerate(header, start=1):
        name = given.strip() or f"第 {position} 列"
        seen[name] = seen.get(name, 0) + 1
        names.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return names
