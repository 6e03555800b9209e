"""Tables as CSV that Excel opens: UTF-8 with a byte order mark, and no cell that is a formula."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from starlette.responses import StreamingResponse

BOM: Final = "\ufeff"
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%", "＝", "＋", "－", "＠")

Cell = str | int | float | None


def csv_answer(name: str, rows: Iterable[Sequence[Cell]]) -> StreamingResponse:
    """Return *rows* as the download *name* (ASCII)."""
    return StreamingResponse(
        csv_lines(rows),
        media_type="text/csv; charset=utf-8",
        headers={"content-disposition": f'attachment; filename="{name}"'},
    )


def csv_lines(rows: Iterable[Sequence[Cell]]) -> Iterator[str]:
    """Yield the file, some hundred rows at a time."""
    buffer = io.StringIO()
    buffer.write(BOM)
    writer = csv.writer(buffer)
    for number, row in enumerate(rows, 1):
        writer.writerow([safe(cell) for cell in row])
        if number % 200 == 0:
            yield _taken(buffer)
    yield _taken(buffer)


def safe(cell: Cell) -> Cell:
    """Return *cell* as a spreadsheet shows it and never runs it; numbers stay numbers.

    What people wrote somewhere may begin like a formula, behind blanks too; an apostrophe in front
    makes it text. Characters that cannot be encoded or end a cell early are replaced.
    """
    if not isinstance(cell, str):
        return cell
    text = cell.replace("\0", "").encode("utf-8", "replace").decode("utf-8")
    return f"'{text}" if text.startswith(_FORMULA) or text.lstrip().startswith(_FORMULA) else text


def _taken(buffer: io.StringIO) -> str:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text
