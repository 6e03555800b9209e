"""How long new mentions were out before they were detected."""

from collections.abc import Iterable, Sequence
from datetime import time, tzinfo
from statistics import median

from storage.mentions import Mention


def latencies_of(mentions: Iterable[Mention], zone: tzinfo) -> list[int]:
    """Return the seconds from published to detected of every mention whose time is known.

    A mention without a date carries the time it was detected, and a page that gives only a day
    reads as midnight in *zone*: neither says anything.
    """
    return [
        round((each.detected_at - each.published_at).total_seconds())
        for each in mentions
        if each.published_at < each.detected_at
        and each.published_at.astimezone(zone).time() != time()
    ]


def median_latency(latencies: Sequence[int]) -> int | None:
    """Return the median in seconds, None of nothing."""
    return round(median(latencies)) if latencies else None
