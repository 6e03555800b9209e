"""What an import would make of the first rows, without storing anything."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from core.clock import isoformat
from crawlers.importing.context import Context, Entry
from crawlers.importing.entries import entries
from crawlers.importing.options import Options
from crawlers.importing.planning import FilePlan, ImportPlan, plan_import


@dataclass(frozen=True)
class FilePreview:
    """One file: *columns* is field → column of a table, *rows* what the first become."""

    name: str
    format: str
    encoding: str
    size: int
    way: str
    columns: dict[str, str]
    rows: tuple[Entry, ...]
    broken: str = ""


@dataclass(frozen=True)
class Preview:
    """All files, and those that would be left out with the reason."""

    files: tuple[FilePreview, ...]
    left_out: tuple[tuple[str, str], ...]

    def to_record(self) -> dict[str, Any]:
        """Return the preview as JSON."""
        return {
            "files": [_file_record(file) for file in self.files],
            "left_out": [{"file": name, "reason": reason} for name, reason in self.left_out],
        }


def preview(
    paths: Sequence[Path], options: Options, context: Context, scratch: Path, *, rows: int = 10
) -> Preview:
    """Read up to *rows* rows of each file. Raises ``InvalidInput`` as ``plan_import`` does.

    Comments show their post where the files hold it; of large files that takes its time.
    """
    plan = plan_import(paths, options, scratch)
    shown = []
    for file in plan.files:
        one = ImportPlan((file,))
        found: list[Entry] = []
        broken = ""
        for each in entries(one, context, scratch, posts=plan):
            broken = each.broken
            if each.entry is not None and not each.entry.ignored:
                found.append(each.entry)
            if len(found) >= rows:
                break
        shown.append(_file(file, tuple(found), broken))
    return Preview(tuple(shown), plan.left_out)


def _file(file: FilePlan, rows: tuple[Entry, ...], broken: str) -> FilePreview:
    content = file.content
    return FilePreview(
        content.name,
        content.format,
        content.encoding,
        content.size,
        file.way,
        file.columns,
        rows,
        broken,
    )


def _file_record(file: FilePreview) -> dict[str, Any]:
    return {
        "file": file.name,
        "format": file.format,
        "encoding": file.encoding,
        "size": file.size,
        "way": file.way,
        "columns": file.columns,
        "broken": file.broken or None,
        "rows": [entry_record(entry) for entry in file.rows],
    }


def entry_record(entry: Entry) -> dict[str, Any]:
    """Return one entry as JSON."""
    mention = entry.mention
    record: dict[str, Any] = {"row": entry.row, "sheet": entry.sheet or None}
    if mention is None:
        return record | {"reason": entry.reason}
    return record | {
        "platform": mention.platform,
        "native_id": mention.native_id,
        "url": mention.url,
        "kind": mention.kind,
        "title": mention.title,
        "text": mention.text,
        "author": mention.author,
        "published_at": isoformat(mention.published_at) if mention.published_at else None,
        "engagement": asdict(mention.engagement),
        "remarks": list(entry.remarks),
    }
