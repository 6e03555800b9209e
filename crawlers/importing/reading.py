"""Any file that can be imported, as rows."""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from core.errors import InvalidInput
from crawlers.importing.content import Content
from crawlers.importing.csv_rows import csv_rows
from crawlers.importing.json_array import array_rows
from crawlers.importing.jsonl import jsonl_rows
from crawlers.importing.rows import Row
from crawlers.importing.xlsx_rows import xlsx_rows


def rows_of(content: Content, scratch: Path | None = None) -> Iterator[Row]:
    """Yield the rows of a file in order. Raises ``InvalidInput`` where it cannot be read on."""
    if content.format == "jsonl":
        return jsonl_rows(content)
    if content.format == "json":
        return array_rows(content)
    if content.format == "csv":
        return csv_rows(content)
    return xlsx_rows(content, scratch)


def first_rows(content: Content, count: int, scratch: Path | None = None) -> list[Row]:
    """Return up to *count* rows; of a file that breaks off earlier those before that."""
    rows: list[Row] = []
    try:
        rows.extend(islice(rows_of(content, scratch), count))
    except InvalidInput as error:
        if not rows:
            rows.append(Row(1, fault=str(error)))
    return rows
