"""A few mentions drawn by chance each day, to be checked by people.

What people mark by themselves are mostly errors; only a draw in which every mention about an own
brand has the same chance tells how often the engine is right. The draw of a day is kept, so that
everybody gets the same one and a mark can be known as part of it.
"""

import json
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from itertools import accumulate, islice
from typing import Final

from sqlalchemy.orm import Session

from storage.mentions import Mention
from storage.records import Records
from storage.records.workspace import Fact
from storage.search import Filters, HistogramRequest, MentionIndex, Selection

A_DAY: Final = 5
# Whole local days before today that are drawn from: fresh, and no longer growing much.
_SPAN: Final = 7
# A page that was opened before midnight may be sent after it.
_DAYS_KEPT: Final = 3
_FACT: Final = "checks"


@dataclass(frozen=True)
class Check:
    """A mention to be checked, and the own brand towards which."""

    mention_id: str
    brand_id: str


def todays_checks(
    records: Records,
    index: MentionIndex,
    brand_ids: Sequence[str],
    now: datetime,
    zone: tzinfo,
) -> list[Check]:
    """Return today's draw, drawn if nobody asked before; fewer when there is not enough."""
    midnight = now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    day = midnight.date().isoformat()
    with records.read() as session:
        found = _kept(session).get(day)
    if found:
        return found
    drawn = draw(index, brand_ids, midnight, random.Random(day))  # noqa: S311 - no secret
    with records.write() as session:
        kept = _kept(session)
        kept.setdefault(day, drawn)
        _keep(session, {each: kept[each] for each in sorted(kept)[-_DAYS_KEPT:]})
    return kept[day]


def is_check(session: Session, mention_id: str, brand_id: str) -> bool:
    """Say whether this was drawn lately."""
    wanted = Check(mention_id, brand_id)
    return any(wanted in checks for checks in _kept(session).values())


def draw(
    index: MentionIndex, brand_ids: Sequence[str], midnight: datetime, chance: random.Random
) -> list[Check]:
    """Draw from the days before *midnight* (aware, local); each (mention, brand) is as likely."""
    cells = list(_cells(index, brand_ids, midnight))
    ends = list(accumulate(count for _, _, count in cells))
    places = chance.sample(range(ends[-1] if ends else 0), min(A_DAY, ends[-1] if ends else 0))
    found = []
    for place in places:
        at = next(number for number, end in enumerate(ends) if place < end)
        brand_id, start, count = cells[at]
        mention = _nth(index, brand_id, start, place - (ends[at] - count))
        if mention is not None:
            found.append(Check(mention.id, brand_id))
    return found


def _cells(
    index: MentionIndex, brand_ids: Sequence[str], midnight: datetime
) -> list[tuple[str, datetime, int]]:
    """Return (brand, beginning, mentions) of each hour that has any."""
    first = (midnight.replace(tzinfo=None) - timedelta(days=_SPAN)).replace(tzinfo=midnight.tzinfo)
    found = []
    for brand_id in brand_ids:
        filters = Filters(brand_ids=(brand_id,), after=first, before=midnight)
        request = HistogramRequest(filters=filters, zone=midnight.tzinfo or first.tzinfo, by="hour")  # type: ignore[arg-type]
        found += [(brand_id, each.start, each.total) for each in index.histogram(request)]
    return [cell for cell in found if cell[2]]


def _nth(index: MentionIndex, brand_id: str, start: datetime, place: int) -> Mention | None:
    """Return the mention at *place* in an hour; None when it was deleted meanwhile."""
    filters = Filters(brand_ids=(brand_id,), after=start, before=start + timedelta(hours=1))
    return next(islice(index.scan(Selection(filters=filters)), place, None), None)


def _kept(session: Session) -> dict[str, list[Check]]:
    fact = session.get(Fact, _FACT)
    stored = json.loads(fact.value) if fact else {}
    return {day: [Check(*each) for each in checks] for day, checks in stored.items()}


def _keep(session: Session, checks: dict[str, list[Check]]) -> None:
    value = json.dumps(
        {day: [[each.mention_id, each.brand_id] for each in of] for day, of in checks.items()}
    )
    fact = session.get(Fact, _FACT)
    if fact is None:
        session.add(Fact(name=_FACT, value=value))
    else:
        fact.value = value
