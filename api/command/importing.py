"""``shengyu import``: lines → spool → (a worker's) ingest → a count of what became of each."""

import time
from collections.abc import Callable, Collection, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO, Final, TypeVar

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

Answer = TypeVar("Answer")

_COUNTS: Final = ("read", "new", "duplicate", "dropped", "invalid")
_POLL_S: Final = 0.1
_AWAY_S: Final = 1.0
_RECEIPTS_AT_ONCE: Final = 500
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
    """Yield the receipt of each batch as it comes; work ourselves whenever no worker runs.

    While a server is away this waits: what is spooled comes in when it is back.
    """
    waiting = set(batch_ids)
    ingest = make_ingest(service)
    lock = worker_lock(service.workspace)
    moved_at = time.monotonic()
    worker_seen_at = -_WORKER_RETURNS_S
    while waiting:
        some = list(waiting)[:_RECEIPTS_AT_ONCE]
        found = _once_back(service, partial(_receipts, service, some))
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
            moved = _once_back(service, ingest.next_batch)
        finally:
            lock.release()
        if not moved:
            time.sleep(_POLL_S)


def _demand_receipts(service: Service, waiting: set[str]) -> None:
    """A batch that left the spool has a receipt, unless it was set aside as unreadable."""
    receipts = _once_back(service, partial(_receipts, service, waiting))
    lost = waiting - {receipt.batch_id for receipt in receipts}
    if lost:
        raise StorageError(
            f"{len(lost)} batches were set aside; see {service.spool.path / 'poison'} for why."
        )


def _receipts(service: Service, batch_ids: Collection[str]) -> Sequence[BatchReceipt]:
    with service.records.read() as session:
        return session.scalars(
            select(BatchReceipt).where(BatchReceipt.batch_id.in_(batch_ids))
        ).all()


def _once_back(service: Service, step: Callable[[], Answer]) -> Answer:
    """Return what *step* does, tried again while a server is away; a file has no such excuse."""
    told_at = -_TELL_AFTER_S
    while True:
        try:
            return step()
        except StorageError as error:
            if not service.settings.servers:
                raise
            if time.monotonic() - told_at > _TELL_AFTER_S:
                note(f"{error} 恢复后自动继续。")
                told_at = time.monotonic()
            time.sleep(_AWAY_S)


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
