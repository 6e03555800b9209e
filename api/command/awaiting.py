"""Waiting for what is in the spool: for the worker that runs, or by working oneself."""

import time
from collections.abc import Callable, Collection, Iterator, Sequence
from functools import partial
from typing import Final, TypeVar

from sqlalchemy import select

from api.command.output import note
from api.wiring import Service
from api.worker import make_ingest, worker_lock
from core.errors import StorageError
from storage.records.watch import BatchReceipt

Answer = TypeVar("Answer")

_POLL_S: Final = 0.1
_AWAY_S: Final = 1.0
_RECEIPTS_AT_ONCE: Final = 500
_TELL_AFTER_S: Final = 30.0
# A worker that was here is started again by its supervisor; until then the work is left to it.
_WORKER_RETURNS_S: Final = 10.0


class Helper:
    """Does the worker's ingest while there is no worker, and rests while there is one."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._ingest = make_ingest(service)
        self._lock = worker_lock(service.workspace)
        self._worker_seen_at = -_WORKER_RETURNS_S
        self._moved_at = time.monotonic()

    def help(self, waiting: Callable[[], int]) -> None:
        """Ingest one batch, or rest a moment; now and then tell how many are *waiting*."""
        if time.monotonic() - self._moved_at > _TELL_AFTER_S:
            note(f"还在等待 {waiting()} 批入库；若一直不动，请看工作进程的日志和剩余磁盘空间。")
            self._moved_at = time.monotonic()
        if not self._lock.try_acquire():
            self._worker_seen_at = time.monotonic()
            time.sleep(_POLL_S)
            return
        if time.monotonic() - self._worker_seen_at < _WORKER_RETURNS_S:
            self._lock.release()
            time.sleep(_POLL_S)
            return
        try:
            moved = once_back(self._service, self._ingest.next_batch)
        finally:
            self._lock.release()
        if not moved:
            time.sleep(_POLL_S)

    def moved(self) -> None:
        """Note that there was progress, so that nothing needs telling."""
        self._moved_at = time.monotonic()


def await_receipts(service: Service, batch_ids: list[str]) -> Iterator[BatchReceipt]:
    """Yield the receipt of each batch as it comes; work ourselves whenever no worker runs.

    While a server is away this waits: what is spooled comes in when it is back. Raises
    ``StorageError`` for a batch that was set aside as unreadable.
    """
    waiting = set(batch_ids)
    helper = Helper(service)
    while waiting:
        some = list(waiting)[:_RECEIPTS_AT_ONCE]
        found = once_back(service, partial(_receipts, service, some))
        for receipt in found:
            waiting.discard(receipt.batch_id)
            yield receipt
        if found:
            helper.moved()
            continue
        left = {path.stem.rpartition("-")[2] for path in service.spool.pending()}
        if not waiting & left:
            _demand_receipts(service, waiting)
        helper.help(lambda: len(waiting))


def once_back(service: Service, step: Callable[[], Answer]) -> Answer:
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


def _demand_receipts(service: Service, waiting: set[str]) -> None:
    """A batch that left the spool has a receipt, unless it was set aside as unreadable."""
    receipts = once_back(service, partial(_receipts, service, waiting))
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
