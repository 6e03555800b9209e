"""Removal of many mentions in small steps, the same for every engine."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from itertools import islice

from storage.mentions import Mention
from storage.search.interface import Filters, Selection
from storage.search.order import month_start

# Few enough that nobody waits long for a step to end.
_STEP = 500


def delete_selected(
    selected: Iterable[Mention], delete: Callable[[Sequence[str]], int], step: int = _STEP
) -> int:
    """Give the ids of *selected* to *delete*, *step* at a time; return how many it removed."""
    ids = (mention.id for mention in selected)
    removed = 0
    while doomed := list(islice(ids, step)):
        removed += delete(doomed)
    return removed


def months_before(moment: datetime) -> Selection:
    """Select the mentions of all months (UTC) that ended by *moment*."""
    return Selection(filters=Filters(before=month_start(moment)))
