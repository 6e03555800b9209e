"""A command that waits for its batches never waits for one that will not come."""

import pytest

from api.command.awaiting import await_receipts
from api.wiring import Service
from api.worker import make_ingest, worker_lock
from core.errors import StorageError
from crawlers.raw import Batch, BatchHead


@pytest.mark.timeout(20)
def test_a_batch_that_a_running_worker_set_aside_is_told(service: Service) -> None:
    head = BatchHead(id="batch_a", trace_id="trace_a", fetched_at=service.clock.now())
    path = service.spool.put(Batch(head, ()))
    path.write_bytes(b"broken")
    with worker_lock(service.workspace):
        make_ingest(service).next_batch()
        with pytest.raises(StorageError, match="set aside"):
            list(await_receipts(service, ["batch_a"]))
