"""Batches as a crawl writes them: full ones at once, validators and read pages at their place."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from crawlers_bad_site import MakeJob

from core.errors import StorageError
from crawlers.batching import Batcher
from crawlers.job import CrawlJob
from crawlers.outcome import Outcome
from crawlers.raw import Batch, RawMention
from crawlers.spool import MAX_MENTIONS, Spool

NOW = datetime(2025, 11, 3, tzinfo=UTC)


@pytest.fixture
def job(make_job: MakeJob) -> CrawlJob:
    return make_job("/feed", source_version=3)


def mention(number: int) -> RawMention:
    return RawMention("weibo", f"星澜净化器 {number}", NOW, native_id=str(number), author="林小雨")


def written(job: CrawlJob) -> list[Batch]:
    spool = Spool(job.spool_path)
    found = []
    for path in spool.pending():
        claimed = spool.claim(path)
        assert claimed is not None
        with claimed:
            found.append(claimed.read())
    return found


def filled(job: CrawlJob, fill: Callable[[Batcher, Outcome], None]) -> tuple[list[Batch], Outcome]:
    outcome = Outcome()
    batcher = Batcher(job, outcome)
    fill(batcher, outcome)
    batcher.close()
    return written(job), outcome


def test_only_the_last_batch_of_a_whole_crawl_has_validators(job: CrawlJob) -> None:
    def fill(batcher: Batcher, outcome: Outcome) -> None:
        for number in range(MAX_MENTIONS + 1):
            batcher.add(mention(number))
        outcome.etag, outcome.reached_end = '"v1"', True

    batches, outcome = filled(job, fill)
    assert [len(batch.mentions) for batch in batches] == [MAX_MENTIONS, 1]
    assert [batch.head.etag for batch in batches] == [None, '"v1"']
    assert outcome.batch_ids == [batch.head.id for batch in batches]
    assert outcome.items == MAX_MENTIONS + 1
    assert {batch.head.source_version for batch in batches} == {3}
    assert "林小雨" not in repr(batches)


def test_a_page_is_told_with_or_after_the_last_of_what_it_gave(job: CrawlJob) -> None:
    def fill(batcher: Batcher, outcome: Outcome) -> None:
        batcher.visited("first")
        for number in range(MAX_MENTIONS + 1):
            batcher.add(mention(number))
        batcher.visited("second")

    batches, _ = filled(job, fill)
    assert [batch.head.visited for batch in batches] == [("first",), ("second",)]


def test_pages_that_gave_nothing_are_told_in_a_batch_of_their_own(job: CrawlJob) -> None:
    batches, outcome = filled(job, lambda batcher, _: batcher.visited("barren"))
    assert [(batch.mentions, batch.head.visited) for batch in batches] == [((), ("barren",))]
    assert outcome.items == 0


def test_a_crawl_that_saw_nothing_writes_nothing(job: CrawlJob) -> None:
    batches, outcome = filled(job, lambda batcher, outcome: None)
    assert (batches, outcome.batch_ids) == ([], [])


def test_a_spool_that_cannot_be_written_is_an_error(job: CrawlJob) -> None:
    batcher = Batcher(job, Outcome())
    batcher.add(mention(1))
    job.spool_path.write_text("a file")
    with pytest.raises(StorageError):
        batcher.close()
