"""Counts as platforms write them, and what is no count."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.counts import parse_count


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("1.5万", 15_000), ("1.5 万", 15_000), ("１.５万", 15_000), ("1.5萬", 15_000),
        ("10万+", 100_000), ("10W+", 100_000), ("28k", 28_000), ("3.2亿", 320_000_000),
        ("2億", 200_000_000), ("1.2m", 1_200_000), ("5千", 5_000), ("1,234", 1_234),
        ("1，234，567", 1_234_567), ("99+", 99), ("0", 0), ("007", 7), ("评论(12)", 12),
        ("1.2万次播放", 12_000), ("赞 3456", 3_456), ("0.5万", 5_000),
        ("万", None), ("w", None), ("赞", None), ("转发", None), ("--", None), ("nan", None),
        ("9999亿", 999_900_000_000), ("99999亿", 10**12), ("9" * 5_000, 10**12),
        ("0" * 5_000 + "3", 3),
    ],
)  # fmt: skip
def test_a_count_is_read_or_is_none(text: str, count: int | None) -> None:
    assert parse_count(text) == count


@given(st.text(max_size=40) | st.from_regex(r"[\d,.，万亿kKwW+ ]{0,60}"))
def test_nothing_makes_it_raise(text: str) -> None:
    count = parse_count(text)
    assert count is None or 0 <= count <= 10**12
