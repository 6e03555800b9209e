"""What a running crawl remembers for its report."""

from dataclasses import dataclass, field
from datetime import datetime

from core.clock import isoformat
from crawlers.hints import STOPPED, Trouble
from crawlers.job import CrawlReport
from crawlers.raw import RawMention


@dataclass
class Outcome:
    """Filled by spider and pipeline.

    *reached_end* turns true when nothing was left to fetch, *cut_short* when a cap or a fatal
    failure left something out. *known* counts what was met and needs no visit now.
    """

    items: int = 0
    pages: int = 0
    failed_pages: int = 0
    known: int = 0
    not_modified: bool = False
    reached_end: bool = False
    cut_short: bool = False
    etag: str | None = None
    last_modified: str | None = None
    notice: str | None = None
    batch_ids: list[str] = field(default_factory=list)
    _first_trouble: Trouble | None = None
    _fatal: bool = False
    _first: datetime | None = None
    _last: datetime | None = None

    def found(self, mention: RawMention) -> None:
        """Count *mention*, which is in the spool or on its way there."""
        self.items += 1
        at = mention.published_at
        if at is not None:
            self._first = min(self._first or at, at)
            self._last = max(self._last or at, at)

    def failed(self, trouble: Trouble, *, fatal: bool) -> None:
        """Remember *trouble*; a fatal one is the crawl's result, others matter without items."""
        if self._first_trouble is None or (fatal and not self._fatal):
            self._first_trouble = trouble
        self._fatal = self._fatal or fatal
        self.cut_short = self.cut_short or fatal

    @property
    def complete(self) -> bool:
        """Whether all that the source offered was taken: only then may its validators be kept."""
        return self.reached_end and not self.cut_short

    def report(self) -> CrawlReport:
        """Return the report of the crawl as it stands."""
        trouble = self._first_trouble
        if trouble is None and self.items == 0 and not (self.reached_end and self.pages):
            trouble = STOPPED
        # One dead link among pages that are all known already is no failure of the source.
        empty = self.items == 0 and self.known == 0
        failed = trouble is not None and (self._fatal or empty)
        if self.not_modified:
            return CrawlReport("not_modified", pages=self.pages)
        return CrawlReport(
            status="error" if failed else "ok",
            items=self.items,
            pages=self.pages,
            failed_pages=self.failed_pages,
            known=self.known,
            error=trouble.error if trouble else None,
            hint=trouble.hint if trouble else self.notice,
            retry_after_s=trouble.retry_after_s if trouble else None,
            batch_ids=tuple(self.batch_ids),
            etag=self.etag if self.complete else None,
            last_modified=self.last_modified if self.complete else None,
            first_published_at=isoformat(self._first) if self._first else None,
            last_published_at=isoformat(self._last) if self._last else None,
            complete=self.complete,
        )
