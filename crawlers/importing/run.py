"""An import from its start to its report, in steps that anybody may drive and cut off anywhere.

Rows become batches with ids made of the import and a number, always the same ones. A batch that
has a receipt or waits in the spool is not written again, so an import that is begun again goes on
after what is durable, and its counts, read from the receipts, have each row once.
"""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Final, Self

from sqlalchemy import select

from core.errors import InvalidInput, NotFound, StorageError
from crawlers.importing.batches import ImportHead, Remarks, batches
from crawlers.importing.desk import ImportDesk
from crawlers.importing.entries import entries
from crawlers.importing.options import Options
from crawlers.importing.planning import FilePlan, ImportPlan, plan_import
from crawlers.raw import Batch, BatchHead
from storage.records.imports import ImportRecord
from storage.records.watch import BatchReceipt

# So many that ingest never waits for a reader, so few that the spool stays below some 100 MB.
MOST_WAITING: Final = 200
COUNTS: Final = ("read", "new", "duplicate", "dropped", "invalid")
_AT_ONCE: Final = 200
_UNFINISHED: Final = ("reading", "storing")


@dataclass(frozen=True)
class Report:
    """Counts of rows so far; *notes* are remarks, *broken* files that could not be read whole."""

    counts: dict[str, int]
    notes: tuple[dict[str, Any], ...]
    broken: tuple[str, ...]

    @property
    def clean(self) -> bool:
        """Whether every row could be read."""
        return not self.counts["invalid"] and not self.broken


def start_import(
    desk: ImportDesk, paths: Sequence[Path], options: Options, started_by: str | None = None
) -> "ImportRun":
    """Begin to import *paths*, or go on with the same import if it was cut off.

    Raises ``InvalidInput`` when there is nothing that can be imported.
    """
    plan = plan_import(paths, options, desk.scratch)
    key = _key(plan, options)
    now = desk.clock.now()
    with desk.records.write() as session:
        row = session.scalars(
            select(ImportRecord)
            .where(ImportRecord.key == key, ImportRecord.state.in_(_UNFINISHED))
            .order_by(ImportRecord.created_at.desc())
        ).first()
        if row is None:
            row = ImportRecord(
                id=desk.ids.new("import"),
                key=key,
                trace_id=desk.ids.new("trace"),
                source_name=options.source or _source_name(paths),
                state="reading",
                files=[_file_record(file) for file in plan.files],
                options=options.to_record(),
                started_by=started_by,
                created_at=now,
                updated_at=now,
            )
            session.add(row)
            session.flush()
        return ImportRun(desk, row, plan)


class ImportRun:
    """One import under way. Not thread-safe; one driver at a time, though two do no harm."""

    def __init__(self, desk: ImportDesk, row: ImportRecord, plan: ImportPlan) -> None:
        self._desk, self.plan = desk, plan
        self.id, self.source_name, self.state = row.id, row.source_name, row.state
        options = Options.from_record(row.options)
        head = BatchHead(
            id="",
            trace_id=row.trace_id,
            fetched_at=row.created_at,
            source_name=f"import:{row.source_name}",
            open_cases=options.open_cases,
        )
        self._head = ImportHead(row.id, head, several=len(plan.files) > 1)
        self._remarks = Remarks()
        found = entries(plan, desk.context(row.created_at), desk.scratch)
        self._batches: Iterator[Batch] | None = batches(found, self._head, self._remarks)
        self._next: Batch | None = None
        self._made = 0  # batches read from the files, written or found to be durable
        self._settled = 0  # leading batches whose receipts are counted
        self._counts = dict.fromkeys(COUNTS, 0)
        self._receipted: dict[str, bool] = {}
        self.rows_read = 0

    @classmethod
    def reopen(cls, desk: ImportDesk, import_id: str) -> Self:
        """Go on with an import by its id. Raises ``NotFound``, ``InvalidInput`` (files changed)."""
        with desk.records.read() as session:
            row = session.get(ImportRecord, import_id)
            if row is None or row.state not in _UNFINISHED:
                raise NotFound("没有这个未完成的导入。")
            options = Options.from_record(row.options)
            plan = plan_import([Path(file["path"]) for file in row.files], options, desk.scratch)
            if [file.content.sha256 for file in plan.files] != [f["sha256"] for f in row.files]:
                raise InvalidInput("文件在导入途中变了；请重新导入。")
            return cls(desk, row, plan)

    @property
    def finished(self) -> bool:
        """Whether all rows are stored, or the import has failed."""
        return self.state in {"done", "failed"}

    @property
    def waiting(self) -> list[str]:
        """Ids of the oldest batches whose receipts are still awaited."""
        stop = min(self._made, self._settled + _AT_ONCE)
        return [self._head.batch_id(number) for number in range(self._settled, stop)]

    def step(self) -> bool:
        """Do a little: write one batch, or count what was ingested meanwhile.

        False means that there is nothing to do before ingest has gone on. Raises ``StorageError``
        when a store or the disk fails, or when a batch was set aside as unreadable.
        """
        if self.finished:
            return False
        if self._batches is not None and self._has_room():
            self._write_next()
            return True
        counted = self._count_receipts()
        if self._batches is None and self._settled == self._made:
            self._finish("done")
            return True
        return counted

    def report(self) -> Report:
        """Return what became of the rows so far."""
        return Report(dict(self._counts), tuple(self._notes()), tuple(self._remarks.broken))

    def reasons(self) -> Iterator[dict[str, Any]]:
        """Yield why rows did not become mentions, in order: ``{"entry", "reason"}``."""
        for start in range(0, self._settled, _AT_ONCE):
            numbers = range(start, min(start + _AT_ONCE, self._settled))
            ids = [self._head.batch_id(number) for number in numbers]
            found = {receipt.batch_id: receipt for receipt in self._receipts(ids)}
            for batch_id in ids:
                yield from found[batch_id].reasons

    def fail(self, why: str) -> None:
        """Give the import up for *why*."""
        self._finish("failed", why)

    def _has_room(self) -> bool:
        # What is durable already needs none.
        return len(self._desk.spool.pending()) < MOST_WAITING

    def _write_next(self) -> None:
        assert self._batches is not None
        batch = self._next or next(self._batches, None)
        if batch is None:
            self._batches = None
            self._save("storing")
            return
        self._next = batch  # put may fail: then this one is the next again
        if not self._is_durable(batch.head.id):
            self._desk.spool.put(batch)
            self._made += 1
            self._save("reading")
        else:
            self._made += 1
        self._next = None
        self.rows_read += len(batch.mentions) + len(batch.head.invalid)

    def _is_durable(self, batch_id: str) -> bool:
        if batch_id not in self._receipted:
            ids = [self._head.batch_id(n) for n in range(self._made, self._made + _AT_ONCE)]
            done = {receipt.batch_id for receipt in self._receipts(ids)}
            spooled = {path.stem.rpartition("-")[2] for path in self._desk.spool.pending()}
            self._receipted = {each: each in done or each in spooled for each in ids}
        return self._receipted[batch_id]

    def _count_receipts(self) -> bool:
        ids = self.waiting
        found = {receipt.batch_id: receipt for receipt in self._receipts(ids)}
        moved = 0
        for batch_id in ids:
            receipt = found.get(batch_id)
            if receipt is None:
                break
            for name in COUNTS:
                self._counts[name] += getattr(receipt, name)
            moved += 1
        self._settled += moved
        if moved:
            self._save(self.state)
        elif ids:
            self._refuse_lost(ids[0])
        return moved > 0

    def _refuse_lost(self, batch_id: str) -> None:
        """A batch that left the spool has a receipt, unless it was set aside as unreadable."""
        spool = self._desk.spool
        if any(path.stem.endswith(f"-{batch_id}") for path in spool.pending()):
            return
        if list(self._receipts([batch_id])):
            return
        why = f"A batch was set aside; see {spool.path / 'poison'} for why."
        self._finish("failed", why)
        raise StorageError(why)

    def _receipts(self, batch_ids: Sequence[str]) -> Sequence[BatchReceipt]:
        with self._desk.records.read() as session:
            return session.scalars(
                select(BatchReceipt).where(BatchReceipt.batch_id.in_(batch_ids))
            ).all()

    def _notes(self) -> Iterator[dict[str, Any]]:
        for name, reason in self.plan.left_out:
            yield {"entry": name, "reason": reason, "count": 1}
        for sentence in self._remarks.broken:
            yield {"entry": "", "reason": sentence, "count": 1}
        if self._remarks.ignored:
            yield {"entry": "", "reason": "创作者资料没有导入", "count": self._remarks.ignored}
        for sentence, count in self._remarks.counts.most_common(100):
            yield {"entry": self._remarks.first[sentence], "reason": sentence, "count": count}

    def _finish(self, state: str, error: str | None = None) -> None:
        self._batches = None
        self._save(state, error)

    def _save(self, state: str, error: str | None = None) -> None:
        now = self._desk.clock.now()
        with self._desk.records.write() as session:
            row = session.get(ImportRecord, self.id)
            if row is None:
                raise NotFound("这个导入已被删除。")
            row.state, row.error, row.updated_at = state, error, now
            row.batches = max(row.batches, self._made)
            # One that was begun again counts up from nothing; till then the old counts stand.
            if state in {"done", "failed"} or self._counts["read"] >= row.read:
                for name in COUNTS:
                    setattr(row, name, self._counts[name])
            if state in {"done", "failed"}:
                row.finished_at, row.notes = now, list(islice(self._notes(), 200))
        self.state = state


def _key(plan: ImportPlan, options: Options) -> str:
    files = [[file.content.name, file.content.sha256] for file in plan.files]
    text = json.dumps([files, options.to_record()], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def _source_name(paths: Sequence[Path]) -> str:
    return paths[0].resolve().stem if len(paths) == 1 else f"{paths[0].resolve().stem} 等"


def _file_record(file: FilePlan) -> dict[str, Any]:
    content = file.content
    return {
        "name": content.name,
        "path": str(content.path.resolve()),
        "size": content.size,
        "sha256": content.sha256,
        "format": content.format,
        "way": file.way,
        "columns": file.columns,
    }
