"""Rows of the sheets of a workbook; the first row of each sheet is its header."""

import zipfile
from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path
from typing import Any

from core.errors import InvalidInput
from crawlers.importing.content import Content
from crawlers.importing.rows import Row, unique_names
from crawlers.importing.xlsx.shared_strings import SharedStrings
from crawlers.importing.xlsx.sheet import sheet_rows
from crawlers.importing.xlsx.workbook import read_workbook


def xlsx_rows(content: Content, scratch: Path | None = None) -> Iterator[Row]:
    """Yield the rows of every sheet; *scratch* is where shared strings are kept meanwhile.

    Raises ``InvalidInput`` where the workbook is broken: what came before stands.
    """
    try:
        with (
            zipfile.ZipFile(content.path) as archive,
            SharedStrings(archive, scratch) as strings,
        ):
            workbook = read_workbook(archive)
            several = len(workbook.sheets) > 1
            for name, member in workbook.sheets.items():
                rows = sheet_rows(archive, member, workbook, strings)
                yield from _table(rows, name if several else "")
    except (zipfile.BadZipFile, NotImplementedError, OSError) as error:
        raise InvalidInput(f"{content.name} 损坏或不完整：{error}。") from error
    except InvalidInput as error:
        raise InvalidInput(f"{content.name}：{error}") from error


def _table(rows: Iterator[tuple[int, list[Any]]], sheet: str) -> Iterator[Row]:
    header: list[str] | None = None
    for number, cells in rows:
        if not any(cell is not None and cell != "" for cell in cells):
            continue
        if header is None:
            header = unique_names(["" if cell is None else str(cell) for cell in cells])
        elif len(cells) > len(header):
            fault = f"有 {len(cells)} 列，而表头只有 {len(header)} 列。"
            yield Row(number, dict(zip(header, cells, strict=False)), sheet, fault)
        else:
            # Empty cells at the end are not written; the columns are there all the same.
            yield Row(number, dict(zip_longest(header, cells)), sheet)
