"""What a crawl finds goes into the spool in batches, with authors' names masked."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from core.errors import StorageError
from core.ids import Ids
from crawlers.job import CrawlJob
from crawlers.outcome import Outcome
from crawlers.pseudonym import pseudonym
from crawlers.raw import Batch, BatchHead, RawMention
from crawlers.spool import MAX_MENTIONS, Spool


@dataclass(frozen=True)
class PageRead:
    """Says that all that the page called *key* gives has been handed over before."""

    key: str


class Batcher:
    """Writes a batch whenever one is full, and the rest at the end.

    Only the last batch carries the source's validators, and only when the crawl came to its end:
    otherwise a crash would turn what is missing into a 304.
    """

    def __init__(self, job: CrawlJob, outcome: Outcome, ids: Ids | None = None) -> None:
        self._job, self._outcome, self._ids = job, outcome, ids or Ids()
        self._spool = Spool(Path(job.spool))
        self._waiting: list[RawMention] = []
        self._visited: dict[str, None] = {}

    def sweep(self) -> None:
        """Remove what killed crawls left in the spool."""
        self._spool.sweep()

    def add(self, mention: RawMention) -> None:
        """Take one mention; the batch before it is written once it is known not to be the last.

        Raises ``StorageError`` where the spool cannot be written; then nothing more may be added.
        """
        if len(self._waiting) >= MAX_MENTIONS:
            self._write(last=False)
        masked = replace(mention, author=pseudonym(mention.author, self._job.pseudonym_key))
        self._waiting.append(masked)
        self._outcome.found(masked)

    def visited(self, key: str) -> None:
        """Note that a page was read and that all it gave was added."""
        self._visited[key] = None

    def close(self) -> None:
        """Write what waits; pages that gave nothing make a batch too. Raises ``StorageError``."""
        if self._waiting or self._visited:
            self._write(last=self._outcome.complete)

    def _write(self, *, last: bool) -> None:
        batch = Batch(self._head(last=last), tuple(self._waiting))
        try:
            self._spool.put(batch)
        except StorageError:
            self._waiting.clear()
            self._visited.clear()
            raise
        self._outcome.batch_ids.append(batch.head.id)
        self._waiting.clear()
        self._visited.clear()

    def _head(self, *, last: bool) -> BatchHead:
        job, outcome = self._job, self._outcome
        return BatchHead(
            id=self._ids.new("batch"),
            trace_id=job.trace_id,
            fetched_at=datetime.now(UTC),
            identity=job.identity,
            source_id=job.source_id,
            source_name=job.source_name,
            source_type=job.source_type,
            trusted=job.trusted,
            open_cases=job.open_cases,
            etag=outcome.etag if last else None,
            last_modified=outcome.last_modified if last else None,
            source_version=job.source_version,
            visited=tuple(self._visited),
        )
