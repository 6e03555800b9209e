"""Every row of an import as what becomes of it, in the order of files and rows."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from core.errors import InvalidInput
from crawlers.importing.column_rows import ColumnRows
from crawlers.importing.context import Context, Entry
from crawlers.importing.contract_rows import ContractRows
from crawlers.importing.media_rows import MediaRows
from crawlers.importing.parents import Parents
from crawlers.importing.planning import FilePlan, ImportPlan
from crawlers.importing.reading import rows_of
from crawlers.importing.rows import Row


class RowReader(Protocol):
    """Makes of a row what becomes of it; never raises for what the row holds."""

    def read(self, row: Row) -> Entry:
        """Return what becomes of *row*."""
        ...


@dataclass(frozen=True, slots=True)
class FileEntry:
    """An entry and its file; *broken* says instead why the rest of the file could not be read."""

    file: FilePlan
    entry: Entry | None
    broken: str = ""


def entries(
    plan: ImportPlan, context: Context, scratch: Path, posts: ImportPlan | None = None
) -> Iterator[FileEntry]:
    """Yield every row of every file once; bounded memory whatever the files' size.

    *posts* are the files in which the posts of comments are looked for (default: *plan*).
    """
    with Parents(scratch) as parents:
        if any(file.has_comments for file in plan.files):
            _remember_posts(posts or plan, context, parents, scratch)
        for file in plan.files:
            reader = _reader(file, context, parents)
            try:
                for row in rows_of(file.content, scratch):
                    yield FileEntry(file, reader.read(row))
            except InvalidInput as error:
                yield FileEntry(file, None, str(error))


def _remember_posts(plan: ImportPlan, context: Context, parents: Parents, scratch: Path) -> None:
    """Read the posts first: comments may stand before theirs, or in another file."""
    for file in plan.files:
        if file.way != "mediacrawler":
            continue
        reader = MediaRows(_path(file), context, parents)
        try:
            for row in rows_of(file.content, scratch):
                reader.remember(row)
        except InvalidInput:
            continue  # told when the rows are read


def _reader(file: FilePlan, context: Context, parents: Parents) -> RowReader:
    if file.way == "mediacrawler":
        return MediaRows(_path(file), context, parents)
    if file.way == "mentions":
        return ContractRows(context)
    return ColumnRows(file.columns, file.platform, context)


def _path(file: FilePlan) -> str:
    # MediaCrawler writes data/PLATFORM/FORMAT/FILE: the folders tell the platform.
    return "/".join(file.content.path.parts[-4:])
