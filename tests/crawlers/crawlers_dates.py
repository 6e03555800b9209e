"""The moment at which the tests of dates see a page, and times in China."""

from datetime import UTC, datetime

from crawlers.dates import CHINA

NOW = datetime(2026, 3, 10, 7, 30, tzinfo=UTC)


def in_china(written: str | None) -> datetime | None:
    """Return the moment of an ISO time in China."""
    return None if written is None else datetime.fromisoformat(written).replace(tzinfo=CHINA)
