"""Excel files: what the cells show, by sheets, with their comments and text boxes."""

from collections.abc import Iterator
from datetime import date, datetime, time
from itertools import islice
from pathlib import Path
from typing import Any, Final

import openpyxl

from assets.reading.gathering import Gathered
from assets.reading.office import part_text
from assets.reading.package import Package, opened

_BESIDE: Final = ("comments", "threadedComment", "drawing")
# Excel has no more; a file may claim more, or leave gaps.
_MOST_ROWS: Final = 1_048_576


def read_xlsx(path: Path, _media_type: str, found: Gathered) -> None:
    """Gather the text by sheets. Raises ``Unreadable``."""
    # By a handle: given a path, openpyxl refuses what is not called .xlsx.
    with opened(path) as package, path.open("rb") as file:
        beside = _beside(package)
        book = openpyxl.load_workbook(file, read_only=True, data_only=True)
        try:
            found.facts["pages"] = len(book.sheetnames)
            for number, name in enumerate(book.sheetnames, 1):
                rows = _rows(book[name], found.room)
                extra = [part_text(package, part) for part in beside.get(name, [])]
                if not found.text(number, "office", "\n".join([name, *rows, *extra])):
                    return
        finally:
            book.close()


def _beside(package: Package) -> dict[str, list[str]]:
    """Return, by the sheet's name, the parts with its comments and text boxes."""
    main = "xl/workbook.xml"
    if main not in package:
        return {}
    targets = {relation.id: relation.target for relation in package.relations(main)}
    beside = {}
    for sheet in package.elements(main, "sheet"):
        ids = [value for key, value in sheet.attrib.items() if key.endswith("}id")]
        part = targets.get(ids[0]) if ids else None
        if part is not None:
            relations = package.relations(part)
            beside[sheet.get("name", "")] = [o.target for o in relations if o.kind in _BESIDE]
    return beside


def _rows(sheet: Any, room: int) -> Iterator[str]:
    """Yield the rows that show something, until there is more than *room* allows."""
    if not hasattr(sheet, "reset_dimensions"):
        return  # a sheet that is one chart
    # What the file says of its size is not to be believed: every row would be filled up to it.
    sheet.reset_dimensions()
    for row in islice(sheet.iter_rows(values_only=True), _MOST_ROWS):
        line = "\t".join(_shown(value) for value in row).rstrip("\t")
        if line:
            yield line
            room -= len(line) + 1
            if room < 0:
                return


def _shown(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        whole_day = value.time() == time()
        return value.date().isoformat() if whole_day else value.isoformat(" ", "seconds")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value)
