"""Throws away, now and then, what crawls left in the records and nobody needs any more."""

from datetime import datetime, timedelta
from typing import Final

from core.clock import Clock
from core.log import logger
from crawlers.claims import prune_hosts
from crawlers.revisits import prune_pages
from crawlers.runs import prune_runs
from storage.records import Records

_EVERY: Final = timedelta(hours=6)


class Pruning:
    """Visits of a month ago, pages that no crawl is told of, hosts that have rested."""

    def __init__(self, records: Records, clock: Clock) -> None:
        self._records, self._clock = records, clock
        self._next_at: datetime | None = None

    def step(self) -> bool:
        """Prune when it is time; never asks to be called again at once."""
        now = self._clock.now()
        if self._next_at is not None and now < self._next_at:
            return False
        with self._records.load() as session:
            runs, pages = prune_runs(session, now), prune_pages(session, now)
            prune_hosts(session, now)
        self._next_at = now + _EVERY
        logger("crawl").info("pruned", runs=runs, pages=pages)
        return False
