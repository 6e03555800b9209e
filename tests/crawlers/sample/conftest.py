"""A sample site that started at a fixed moment."""

from datetime import UTC, datetime

import pytest

from crawlers.sample.site import SampleSite

BASE_URL = "http://127.0.0.1:8000"


@pytest.fixture
def base_url() -> str:
    return BASE_URL


@pytest.fixture
def started_at() -> datetime:
    return datetime(2026, 11, 23, 6, 5, tzinfo=UTC)


@pytest.fixture
def site(started_at: datetime, base_url: str) -> SampleSite:
    return SampleSite(started_at, base_url)
