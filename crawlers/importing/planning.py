"""Which files are imported, and how the rows of each are read."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal

from core.errors import InvalidInput
from crawlers.importing.content import Content, examine
from crawlers.importing.forms import Form, is_about_creators, named_with_sheet, recognise
from crawlers.importing.mapping import Columns, looks_mappable, map_columns
from crawlers.importing.options import Options
from crawlers.importing.platforms import platform_named
from crawlers.importing.reading import first_rows
from crawlers.importing.rows import Row

Read = Literal["mentions", "mediacrawler", "columns"]

PROBED: Final = 100
_SUFFIXES: Final = frozenset({".jsonl", ".ndjson", ".json", ".csv", ".tsv", ".txt", ".xlsx"})
_UNFINISHED: Final = (".part", ".partial", ".crdownload", ".tmp", ".download", ".filepart")


@dataclass(frozen=True)
class FilePlan:
    """One file and how its rows are read; *columns* where it is somebody's table."""

    content: Content
    way: Read
    columns: Columns = field(default_factory=dict)
    platform: str = ""
    has_comments: bool = False


@dataclass(frozen=True)
class ImportPlan:
    """The files in their order, and those that were left out, with the reason."""

    files: tuple[FilePlan, ...]
    left_out: tuple[tuple[str, str], ...] = ()

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(file.content.size for file in self.files)


def plan_import(paths: Sequence[Path], options: Options, scratch: Path | None = None) -> ImportPlan:
    """Look into every file (of folders: every file below that may be one) and say how it is read.

    Raises ``InvalidInput`` when nothing can be imported, or when a file that was named cannot be.
    """
    plans: list[FilePlan] = []
    left_out: list[tuple[str, str]] = []
    for path, name in _files(paths):
        try:
            plans.append(plan_file(path, name, options, scratch))
        except InvalidInput as error:
            if path in paths:
                raise
            left_out.append((name, str(error)))
    if not plans:
        raise InvalidInput(
            left_out[0][1] if left_out else "没有可导入的文件（JSONL、JSON、CSV、XLSX）。"
        )
    return ImportPlan(tuple(plans), tuple(left_out))


def plan_file(path: Path, name: str, options: Options, scratch: Path | None = None) -> FilePlan:
    """Look into one file, called *name*. Raises ``InvalidInput`` when it cannot be imported."""
    return _plan(examine(path, name), options, scratch)


def may_be_import(path: Path) -> bool:
    """Say whether a file in a folder is one to import: none that is still being written."""
    name = path.name.lower()
    if name.startswith((".", "~$", "~")) or name.endswith(_UNFINISHED):
        return False
    return path.suffix.lower() in _SUFFIXES


def _files(paths: Sequence[Path]) -> Iterator[tuple[Path, str]]:
    for path in dict.fromkeys(paths):
        if path.is_dir():
            # MediaCrawler names its files by day: in the order of names later counts come later.
            for below in sorted(path.rglob("*")):
                if below.is_file() and may_be_import(below):
                    yield below, str(below.relative_to(path))
        elif path.is_file():
            yield path, path.name
        else:
            raise InvalidInput(f"{path}: no such file.")


def _plan(content: Content, options: Options, scratch: Path | None) -> FilePlan:
    rows = first_rows(content, PROBED, scratch)
    usable = [row for row in rows if row.cells and not row.fault]
    platform = platform_named(options.platform)
    way = options.way
    if way in {"auto", "mediacrawler"} and not options.columns:
        forms = [form for row in usable if (form := _form(content, row)) is not None]
        if forms or way == "mediacrawler":
            return FilePlan(
                content, "mediacrawler", has_comments=any(form.of == "comments" for form in forms)
            )
        if usable and all(is_about_creators(row.cells) for row in usable):
            raise InvalidInput(f"{content.name} 是创作者资料，不是内容或评论，没有导入。")
    if way == "mentions" or (
        way == "auto" and not options.columns and _is_contract(content, usable)
    ):
        return FilePlan(content, "mentions")
    if not usable:
        # A table without rows; what else is wrong with the file is told when it is read.
        return FilePlan(content, "columns", columns={"text": "text"}, platform=platform)
    columns = list(dict.fromkeys(column for row in usable for column in row.cells))
    mapping = map_columns(columns, options.columns, content.name)
    if not platform and not {"platform", "url"} & set(mapping):
        raise InvalidInput(
            f"{content.name} 没有平台或链接列，看不出来自哪个平台；"
            "请用 --platform 指定，如 --platform weibo。",
            field="platform",
        )
    return FilePlan(content, "columns", columns=mapping, platform=platform)


def _form(content: Content, row: Row) -> Form | None:
    path = "/".join(content.path.parts[-4:])
    return recognise(row.cells, named_with_sheet(path, row.sheet))


def _is_contract(content: Content, rows: list[Row]) -> bool:
    if content.format not in {"jsonl", "json"}:
        return False
    if not rows or any({"platform", "text"} <= set(row.cells) for row in rows):
        return True
    return not any(looks_mappable(list(row.cells)) for row in rows)
