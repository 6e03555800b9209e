"""One batch that breaks our own code must not hold up what was fetched after it."""

from datetime import timedelta

import pytest

from api.wiring import Service
from core.clock import FixedClock
from crawlers.ingest import Ingest
from crawlers.judging import Judge
from crawlers.raw import Batch, BatchHead
from storage.records.watch import BatchReceipt


def received(service: Service, batch_id: str) -> bool:
    with service.records.read() as session:
        return session.get(BatchReceipt, batch_id) is not None


def test_a_batch_that_fails_rests_and_is_tried_again(service: Service, clock: FixedClock) -> None:
    for name in ("batch_a", "batch_b"):
        service.spool.put(Batch(BatchHead(name, "trace_a", clock.now()), ()))
    broken = True

    def judge() -> Judge:
        if broken:
            raise ZeroDivisionError
        return Judge(service.watchlist(), service.scorer)

    ingest = Ingest(
        service.records, service.index, service.spool, judge, service.clock, service.ids
    )
    with pytest.raises(ZeroDivisionError):
        ingest.next_batch()
    broken = False
    assert ingest.next_batch()
    assert (received(service, "batch_a"), received(service, "batch_b")) == (False, True)
    assert not ingest.next_batch()
    clock.advance(timedelta(seconds=11))
    assert ingest.next_batch()
    assert received(service, "batch_a")
    assert not service.spool.pending()
