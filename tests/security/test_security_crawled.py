"""Small lies of a site cost only what they are about."""

from datetime import UTC, datetime

import pytest

from crawlers.extraction import extract
from crawlers.hints import retry_after

NOW = datetime(2026, 3, 10, 7, 30, tzinfo=UTC)


@pytest.mark.parametrize("written", ["2026\\q-03-01", "2026\n-03-01", "\\ud800 2026-03-01"])
def test_a_date_that_is_no_json_does_not_cost_the_page(written: str) -> None:
    page = (
        '<html><head><script type="application/ld+json">'
        f'{{"datePublished": "{written}"}}</script></head>'
        f"<body><p>{'这款净化器的质量实在太差。' * 20}</p></body></html>"
    )
    assert "质量实在太差" in extract(page, "https://a.example/", NOW).text


@pytest.mark.parametrize(
    ("header", "seconds"), [("120", 120), ("²", None), ("9" * 5000, None), ("9" * 15, 7 * 86400)]
)
def test_an_odd_retry_after_is_no_error(header: str, seconds: int | None) -> None:
    assert retry_after(header, NOW) == seconds
