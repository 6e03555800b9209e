"""Rows of a CSV file: any delimiter, quoted line feeds, NUL, cells and lines of bounded size."""

import csv
from collections.abc import Iterator
from itertools import zip_longest
from typing import Final

from core.errors import InvalidInput
from crawlers.importing.content import Content
from crawlers.importing.rows import Row, unique_names
from crawlers.importing.text_lines import text_lines

_LONGEST: Final = 16 << 20
_MOST_COLUMNS: Final = 16_384


def csv_rows(content: Content) -> Iterator[Row]:
    """Yield the rows below the header; rows without any value are left out.

    Raises ``InvalidInput`` where the file cannot be read on: what came before stands.
    """
    csv.field_size_limit(_LONGEST)
    reader = csv.reader(_lines(content), delimiter=content.delimiter, strict=False)
    header: list[str] | None = None
    number = 0
    while True:
        number += 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise InvalidInput(
                f"{content.name} 第 {number} 行读不下去：单元格超过 16 MB 或引号没有闭合"
                f"（{error}），其后没有读取。"
            ) from error
        if not any(cells):
            continue
        if header is None:
            header = _header(cells, content)
        elif len(cells) > len(header) and any(cells[len(header) :]):
            fault = f"有 {len(cells)} 列，而表头只有 {len(header)} 列。"
            yield Row(number, cells=dict(zip(header, cells, strict=False)), fault=fault)
        else:
            cells = cells[: len(header)]
            yield Row(number, cells=dict(zip_longest(header, cells, fillvalue="")))


def _header(cells: list[str], content: Content) -> list[str]:
    if len(cells) > _MOST_COLUMNS:
        raise InvalidInput(f"{content.name} 的表头有 {len(cells)} 列，上限是 {_MOST_COLUMNS}。")
    return unique_names(cells)


def _lines(content: Content) -> Iterator[str]:
    for number, (line, whole) in enumerate(
        text_lines(content.path, content.encoding, _LONGEST), start=1
    ):
        if not whole:
            raise InvalidInput(f"{content.name} 第 {number} 行超过 16 MB，其后没有读取。")
        # Line ends of old programs: CR alone stays inside a cell, where it is no harm.
        yield line
