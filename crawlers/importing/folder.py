"""A watched folder: files that are put into it are read, each once while it stays the same."""

import hashlib
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from core.clock import Clock, SystemClock
from core.errors import InvalidInput
from crawlers.batching import Batcher
from crawlers.hints import Trouble
from crawlers.importing.context import Context, Entry
from crawlers.importing.entries import FileEntry, entries
from crawlers.importing.options import Options
from crawlers.importing.planning import FilePlan, ImportPlan, may_be_import, plan_file
from crawlers.job import CrawlJob
from crawlers.outcome import Outcome
from crawlers.raw import RawMention
from crawlers.spool import Spool

# A file that was written to a moment ago may still be written.
SETTLED_S: Final = 10.0
MOST_WAITING: Final = 200
# After so many rows what was read counts as known, so that a long file goes on at the next visit.
_ROWS_A_PART: Final = 5000
_REST_S: Final = 0.2
_REASONS_TOLD: Final = 3


@dataclass(frozen=True)
class _Found:
    path: Path
    name: str
    mark: str  # name, size and time: another one when the file is changed

    def key(self, part: int | None = None) -> str:
        """Return the key of the whole file, or of one part of it."""
        text = self.mark if part is None else f"{self.mark}:{part}"
        return hashlib.sha1(text.encode("utf-8", "replace"), usedforsecurity=False).hexdigest()[:16]


def inbox_folder(inbox: str | None, name: object) -> Path:
    """Return the folder called *name* in *inbox*. Raises ``InvalidInput`` for any other place."""
    if not inbox:
        raise InvalidInput("没有设置收件文件夹。", field="folder")
    plain = isinstance(name, str) and name and Path(name).name == name
    if not isinstance(name, str) or not plain or name.startswith(".") or "\x00" in name:
        raise InvalidInput("folder 应为收件文件夹下一个文件夹的名字，不带路径。", field="folder")
    folder = Path(inbox) / name
    if folder.is_symlink():
        raise InvalidInput("收件文件夹里不能用链接指向别处。", field="folder")
    return folder


def visit_folder(
    job: CrawlJob, batcher: Batcher, outcome: Outcome, clock: Clock | None = None
) -> None:
    """Read the files of ``rules["folder"]`` that are new or have changed; closes nothing.

    A file is a page: its key is made of name, size and time. Files that are still being written are
    left for the next visit. ``rules`` may hold ``format`` and ``columns`` as ``shengyu import``
    takes them. Raises ``InvalidInput`` for rules that cannot be, ``StorageError`` where the spool
    cannot be written.
    """
    clock = clock or SystemClock()
    stop_at = time.monotonic() + job.max_seconds
    folder = inbox_folder(job.inbox, job.rules.get("folder"))
    options = Options(
        way=job.rules.get("format", "auto"),
        columns=job.rules.get("columns", {}),
        platform=job.platform,
    )
    folder.mkdir(parents=True, exist_ok=True)
    scratch = job.spool_path.parent / "imports"
    known = frozenset(job.known)
    found = list(_settled(folder, clock))
    fresh = [file for file in found if file.key() not in known]
    outcome.known += len(found) - len(fresh)
    outcome.pages += len(found) - len(fresh)
    if not fresh:
        outcome.not_modified = True
        return
    # Posts of earlier files are the parents of comments that came today.
    plans = _plans(found, fresh, options, scratch, outcome, batcher)
    posts = ImportPlan(tuple(plans.values()))
    context = Context(clock.now(), ZoneInfo(job.timezone), lambda name: name or None)
    for count, file in enumerate(file for file in fresh if file.name in plans):
        if count >= job.max_pages:
            outcome.cut_short = True
            break
        rows = entries(ImportPlan((plans[file.name],)), context, scratch, posts=posts)
        reader = _FileReader(job, batcher, outcome, stop_at)
        if not reader.read(file, rows, known):
            outcome.cut_short = True
            break
        outcome.pages += 1
    outcome.reached_end = True


class _FileReader:
    """Hands the rows of one file over, part by part, no faster than ingest takes them."""

    def __init__(self, job: CrawlJob, batcher: Batcher, outcome: Outcome, stop_at: float) -> None:
        self._batcher, self._outcome, self._stop_at = batcher, outcome, stop_at
        self._spool = Spool(job.spool_path)
        self._invalid: list[str] = []

    def read(self, file: _Found, rows: Iterator[FileEntry], known: frozenset[str]) -> bool:
        """Return whether the file was read to its end before the time was up."""
        part = 0
        skipped = file.key(part) in known
        for number, each in enumerate(rows):
            if number and number % _ROWS_A_PART == 0:
                if not skipped:
                    self._batcher.visited(file.key(part))
                part += 1
                skipped = file.key(part) in known
                if not skipped and not self._has_room():
                    return False
            if each.entry is None:
                self._outcome.failed(Trouble(each.broken, "请重新导出这个文件。"), fatal=False)
                self._outcome.failed_pages += 1
            elif not skipped:
                self._take(each.entry)
        self._batcher.visited(file.key())
        if self._invalid:
            shown = "；".join(self._invalid[:_REASONS_TOLD])
            self._outcome.notice = f"{file.name} 有 {len(self._invalid)} 行没有读出：{shown}"
        return True

    def _take(self, entry: Entry) -> None:
        mention: RawMention | None = entry.mention
        if mention is not None:
            self._batcher.add(mention)
        elif not entry.ignored:
            self._invalid.append(f"第 {entry.row} 行 {entry.reason}")

    def _has_room(self) -> bool:
        while len(self._spool.pending()) >= MOST_WAITING:
            if time.monotonic() > self._stop_at:
                return False
            time.sleep(_REST_S)
        return time.monotonic() <= self._stop_at


def _settled(folder: Path, clock: Clock) -> Iterator[_Found]:
    now = clock.now().timestamp()
    for path in sorted(folder.rglob("*")):
        # No links: they would open other files of the server.
        if any(part.is_symlink() for part in (path, *path.parents) if folder in part.parents):
            continue
        try:
            if not may_be_import(path) or not path.is_file():
                continue
            status = path.stat()
        except FileNotFoundError:
            continue  # taken away meanwhile
        if now - status.st_mtime >= SETTLED_S:
            name = str(path.relative_to(folder))
            yield _Found(path, name, f"{name}:{status.st_size}:{status.st_mtime_ns}")


def _plans(
    found: list[_Found],
    fresh: list[_Found],
    options: Options,
    scratch: Path,
    outcome: Outcome,
    batcher: Batcher,
) -> dict[str, FilePlan]:
    plans: dict[str, FilePlan] = {}
    for file in found:
        try:
            plans[file.name] = plan_file(file.path, file.name, options, scratch)
        except InvalidInput as error:
            if file in fresh:
                outcome.failed(Trouble(str(error), "请更正或移走这个文件。"), fatal=False)
                outcome.failed_pages += 1
                batcher.visited(file.key())
    return plans
