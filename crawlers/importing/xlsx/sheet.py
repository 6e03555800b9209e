"""The cells of one sheet, row by row."""

import re
import zipfile
from collections.abc import Iterator
from typing import Any, Final

from core.errors import InvalidInput
from crawlers.importing.xlsx.shared_strings import LONGEST_CELL, SharedStrings
from crawlers.importing.xlsx.workbook import Workbook
from crawlers.importing.xlsx.xml_stream import parse

# Excel's own limits.
MOST_COLUMNS: Final = 16_384
MOST_ROWS: Final = 1_048_576
_LETTERS: Final = re.compile(r"[A-Z]{1,3}")


def sheet_rows(
    archive: zipfile.ZipFile, member: str, workbook: Workbook, strings: SharedStrings
) -> Iterator[tuple[int, list[Any]]]:
    """Yield each row's number and its cells: text, int, float, bool, naive datetime or None.

    A formula's own text stands where a cell has a formula: programs write texts that begin with
    ``=`` as formulas, and then no result is there. Formulas of one's own keep their result.
    """
    reader = _SheetReader(workbook, strings)
    for _ in parse(archive, member, reader.start, reader.end, reader.data):
        yield from reader.rows
        reader.rows.clear()


class _SheetReader:
    def __init__(self, workbook: Workbook, strings: SharedStrings) -> None:
        self._workbook, self._strings = workbook, strings
        self.rows: list[tuple[int, list[Any]]] = []
        self._number = self._rows = 0
        self._cells: list[Any] = []
        self._column, self._type, self._style = -1, "", 0
        self._value: list[str] = []
        self._formula: list[str] = []
        self._into: list[str] | None = None
        self._length = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "c":
            self._column = _column(attributes.get("r", ""), self._column + 1)
            if self._column >= MOST_COLUMNS:
                raise InvalidInput(f"一行超过 {MOST_COLUMNS} 列，不是正常的工作表，其后没有读取。")
            self._type = attributes.get("t", "n")
            style = attributes.get("s", "")
            self._style = int(style) if style.isdigit() else 0
            self._value.clear()
            self._formula.clear()
            self._length = 0
        elif name in {"v", "t"}:
            self._into = self._value
        elif name == "f":
            self._into = self._formula
        elif name == "row":
            given = attributes.get("r", "")
            self._number = int(given) if given.isdigit() else self._number + 1
            self._cells, self._column = [], -1
            self._rows += 1
            if self._rows > MOST_ROWS:
                raise InvalidInput(f"超过 {MOST_ROWS} 行，不是正常的工作表，其后没有读取。")

    def data(self, text: str) -> None:
        if self._into is not None and self._length < LONGEST_CELL:
            self._into.append(text)
            self._length += len(text)

    def end(self, name: str) -> None:
        if name in {"v", "t", "f"}:
            self._into = None
        elif name == "c":
            self._put(self._cell())
        elif name == "row":
            self.rows.append((self._number, self._cells))
            self._cells = []

    def _put(self, value: Any) -> None:
        if value is None:
            return
        cells = self._cells
        while len(cells) <= self._column:
            cells.append(None)
        cells[self._column] = value

    def _cell(self) -> Any:
        text = "".join(self._value)
        if not text:
            return f"={''.join(self._formula)}" if self._formula else None
        if self._type == "s":
            return self._strings[int(text)] if text.strip().isdigit() else ""
        if self._type in {"str", "inlineStr", "d"}:
            return text
        if self._type == "b":
            return text.strip() == "1"
        return None if self._type == "e" else self._numeric(text)

    def _numeric(self, text: str) -> Any:
        try:
            if self._style in self._workbook.date_styles:
                return self._workbook.moment(float(text))
            return int(text) if text.isdigit() else float(text)
        except (ValueError, OverflowError):
            return text


def _column(reference: str, following: int) -> int:
    found = _LETTERS.match(reference)
    if found is None:
        return following
    number = 0
    for letter in found.group():
        number = number * 26 + ord(letter) - 64
    return number - 1
