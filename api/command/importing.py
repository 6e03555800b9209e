"""``shengyu import``: lines → spool → (a worker's) ingest → a count of what became of each."""

import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO, Final

from sqlalchemy import select

from api.command.opening import opened
from api.command.output import line, note, progress, record
from api.wiring import Service
from api.worker import make_ingest, pseudonym_key, worker_lock
from core.errors import InvalidInput, StorageError
from crawlers.pseudonym import pseudonym
from crawlers.raw import Batch, BatchHead, RawMention
from crawlers.raw_json import parse_line
from crawlers.spool import MAX_MENTIONS
from storage.records.watch import BatchReceipt

_COUNTS: Final = ("read", "new", "duplicate", "dropped", "invalid")
_POLL_S: Final = 0.1
_TELL_AFTER_S: Final = 30.0
# A worker that was here is started again by its supervisor; until then the work is left to it.
_WORKER_RETURNS_S: Final = 10.0
# The longest text with every sign escaped, and room for the other fields.
_LONGEST_LINE: Final = 2 * 1024 * 1024


def run(env_file: Path | None, file: Path, source: str, open_cases: bool, as_json: bool) -> int:
    """Import *file*; returns 1 when a line was invalid. May be killed and run again."""
    if not file.is_file():
        raise InvalidInput(f"{file}: no such file.")
    with opened(env_file) as service:
        trace_id = service.ids.new("trace")
        batch_ids = []
        for batch in progress(
            _batches(service, file, source or file.stem, open_cases, trace_id), "读取"
        ):
            service.spool.put(batch)
            batch_ids.append(batch.head.id)
        receipts = list(progress(await_receipts(service, batch_ids), "入库", total=len(batch_ids)))
    _report(receipts, as_json)
    return 1 if any(receipt.invalid for receipt in receipts) else 0


def _batches(
    service: Service, file: Path, source: str, open_cases: bool, trace_id: str
) -> Iterator[Batch]:
    mask = partial(pseudonym, key=pseudonym_key(service))
    now = service.clock.now()
    mentions: list[RawMention] = []
    invalid: list[tuple[int, str]] = []

    def batch() -> Batch:
        head = BatchHead(
            id=service.ids.new("batch"),
            trace_id=trace_id,
            fetched_at=now,
            source_name=f"import:{source}",
            open_cases=open_cases,
            invalid=tuple(invalid),
        )
        return Batch(head, tuple(mentions))

    with file.open("rb") as lines:
        for number, raw in enumerate(_bounded(lines), start=1):
            if not raw.strip():
                continue
            try:
                mentions.append(parse_line(raw, now=now, zone=service.zone, mask=mask))
            except InvalidInput as error:
                invalid.append((number, str(error)))
            if len(mentions) + len(invalid) >= MAX_MENTIONS:
                yield batch()
                mentions, invalid = [], []
    if mentions or invalid:
        yield batch()


def _bounded(lines: BinaryIO) -> Iterator[bytes]:
    """Yield the lines; of one that is too long its start, which then names itself as invalid."""
    while line := lines.readline(_LONGEST_LINE):
        end = line
        while not end.endswith(b"\n") and (rest := lines.readline(_LONGEST_LINE)):
            end = rest
        yield line


def await_receipts(service: Service, batch_ids: list[str]) -> Iterator[BatchReceipt]:
    """Yield the receipt of each batch as it comes; work ourselves whenever no worker runs."""
    waiting = set(batch_ids)
    ingest = make_ingest(service)
    lock = worker_lock(service.workspace)
    moved_at = time.monotonic()
    worker_seen_at = -_WORKER_RETURNS_S
    while waiting:
        with service.records.read() as session:
            found = session.scalars(
                select(BatchReceipt).where(BatchReceipt.batch_id.in_(list(waiting)[:500]))
            ).all()
        for receipt in found:
            waiting.discard(receipt.batch_id)
            yield receipt
        if found:
            moved_at = time.monotonic()
            continue
        if time.monotonic() - moved_at > _TELL_AFTER_S:
            note(f"还在等待 {len(waiting)} 批入库；若一直不动，请看工作进程的日志和剩余磁盘空间。")
            moved_at = time.monotonic()
        left = {path.stem.rpartition("-")[2] for path in service.spool.pending()}
        if not waiting & left:
            _demand_receipts(service, waiting)
        if not lock.try_acquire():
            worker_seen_at = time.monotonic()
            time.sleep(_POLL_S)
            continue
        if time.monotonic() - worker_seen_at < _WORKER_RETURNS_S:
            lock.release()
            time.sleep(_POLL_S)
            continue
        try:
            moved = ingest.next_batch()
        finally:
            lock.release()
        if not moved:
            time.sleep(_POLL_S)


def _demand_receipts(service: Service, waiting: set[str]) -> None:
    """A batch that left the spool has a receipt, unless it was set aside as unreadable."""
    with service.records.read() as session:
        known = set(
            session.scalars(select(BatchReceipt.batch_id).where(BatchReceipt.batch_id.in_(waiting)))
        )
    lost = waiting - known
    if lost:
        raise StorageError(
            f"{len(lost)} batches were set aside; see {service.spool.path / 'poison'} for why."
        )


def _report(receipts: list[BatchReceipt], as_json: bool) -> None:
    counts: dict[str, Any] = {
        name: sum(getattr(receipt, name) for receipt in receipts) for name in _COUNTS
    }
    reasons = [reason for receipt in receipts for reason in receipt.reasons]
    if as_json:
        record(counts | {"reasons": reasons})
        return
    line(
        "读取 {read} 条：新增 {new}，重复 {duplicate}，未入库 {dropped}，无效 {invalid}".format(
            **counts
        )
    )
    for reason in reasons:
        note(f"  {reason['entry']}: {reason['reason']}")
