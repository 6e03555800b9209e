"""Drops what is older than the workspace keeps: mentions by whole months, and what goes with them.

First the records forget a mention, then the index: who is killed between finds the mention again
in the index and forgets it once more. Cases lose nothing, their evidence is a copy.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Final

from api.wiring import Service
from core.log import logger
from storage.mentions import Mention
from storage.records.forgetting import forget_mentions, forget_receipts
from storage.search import Filters, Selection

_EVERY: Final = timedelta(hours=1)
# Some tenths of a second under the write lock of the records, for which others wait.
_STEP: Final = 200


def kept_from(now: datetime, months: int) -> datetime:
    """Return the start (UTC) of the first month that is kept: *months* whole ones and this one."""
    month = now.astimezone(UTC).year * 12 + now.astimezone(UTC).month - 1 - months
    return datetime(max(month // 12, 1), month % 12 + 1, 1, tzinfo=UTC)


def kept_from_now(service: Service) -> datetime | None:
    """Return where what *service* keeps begins now, None where it keeps everything."""
    months = service.settings.retention_months
    return None if months is None else kept_from(service.clock.now(), months)


def drop_old(service: Service, before: datetime) -> int:
    """Drop mentions of the months before *before*, a month's start; return how many.

    In small steps; run again, it goes on where it was broken off. Raises ``StorageError``.
    """
    old = Selection(filters=Filters(before=before))
    if service.index.count(old):
        for ids in _portions(service.index.scan(old)):
            with service.records.load() as session:
                forget_mentions(session, ids)
    dropped = service.index.drop_before(before)
    while True:
        with service.records.load() as session:
            if not forget_receipts(session, before):
                return dropped


class Retention:
    """The worker's loop: looks once an hour whether a month has become too old."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._due: datetime | None = None

    def step(self) -> bool:
        """Drop what is too old where the settings name a limit; never asks to be called again."""
        before, now = kept_from_now(self._service), self._service.clock.now()
        if before is not None and (self._due is None or now >= self._due):
            dropped = drop_old(self._service, before)
            if dropped:
                logger("retention").info("old mentions dropped", mentions=dropped, before=before)
            self._due = now + _EVERY
        return False


def _portions(mentions: Iterable[Mention]) -> Iterator[list[str]]:
    ids = (mention.id for mention in mentions)
    while portion := list(islice(ids, _STEP)):
        yield portion
