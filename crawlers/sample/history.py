"""The sample's past: what was said in the two weeks before its first start."""

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final

from core.errors import InvalidInput
from crawlers.sample.entry import SHANGHAI
from crawlers.sample.fields import Record
from crawlers.sample.load import SampleMention, each_record, past_mention, read_data

# "day -9 14:20" is a time of day in Shanghai nine days before the start, "-22:05" is so many
# hours and minutes before it: for what must stand in a fixed distance to now.
_DAY: Final = re.compile(r"day -(\d{1,2}) ([012]\d):([0-5]\d)")
_BEFORE: Final = re.compile(r"-(\d{1,2}):([0-5]\d)")


@dataclass(frozen=True)
class PastMention:
    """A mention of the past and when it was published, relative to the first start."""

    at: str
    told: SampleMention

    def published(self, started_at: datetime) -> datetime:
        """Return when it was published, given the aware moment of the first start."""
        return moment(self.at, started_at)


def past() -> tuple[PastMention, ...]:
    """Return every mention of the past, in file order. Raises ``InvalidInput`` on a faulty file."""
    rows = each_record(read_data("history.json"), "history")
    found = tuple(PastMention(_when(row), past_mention(row)) for row in rows)
    if len({one.told.id for one in found}) != len(found):
        raise InvalidInput("history.json: two mentions have the same id", field="id")
    return found


def moment(at: str, started_at: datetime) -> datetime:
    """Return the aware moment that *at* names; raises ``InvalidInput`` for another form."""
    started_at = started_at.replace(second=0, microsecond=0)
    if day := _DAY.fullmatch(at):
        days, hour, minute = map(int, day.groups())
        date = started_at.astimezone(SHANGHAI).date() - timedelta(days=days)
        return datetime.combine(date, time(hour, minute), SHANGHAI).astimezone(started_at.tzinfo)
    if before := _BEFORE.fullmatch(at):
        hours, minutes = map(int, before.groups())
        return started_at - timedelta(hours=hours, minutes=minutes)
    raise InvalidInput(f"{at!r} must be like 'day -9 14:20' or '-22:05'", field="at")


def _when(row: Record) -> str:
    at = row.text("at")
    if not _DAY.fullmatch(at) and not _BEFORE.fullmatch(at):
        raise InvalidInput(f"{at!r} must be like 'day -9 14:20' or '-22:05'", field="at")
    return at
