"""Which moments can be a publication date at all."""

from datetime import UTC, datetime, tzinfo
from typing import Final
from zoneinfo import ZoneInfo

CHINA: Final = ZoneInfo("Asia/Shanghai")
_OLDEST: Final = datetime(1990, 1, 1, tzinfo=UTC)


def clamp(moment: datetime, now: datetime, zone: tzinfo = CHINA) -> datetime | None:
    """Return *moment* in UTC, not after *now*; None for what cannot be a publication date."""
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone)
    try:
        moment = moment.astimezone(UTC)
    except OverflowError:
        return None
    return None if moment < _OLDEST else min(moment, now.astimezone(UTC))
