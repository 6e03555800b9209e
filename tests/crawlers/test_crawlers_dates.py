"""Dates as Chinese pages write them, all seen at one fixed moment: Tuesday 2026-03-10 15:30 CST."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from crawlers.dates import clamp, parse_date

NOW = datetime(2026, 3, 10, 7, 30, tzinfo=UTC)
CHINA = ZoneInfo("Asia/Shanghai")

CASES = {
    "刚刚": "2026-03-10 15:30",
    "30秒前": "2026-03-10 15:29:30",
    "5分钟前": "2026-03-10 15:25",
    "3小时前": "2026-03-10 12:30",
    "3 小时前": "2026-03-10 12:30",
    "半小时前": "2026-03-10 15:00",
    "一个半小时前": "2026-03-10 14:00",
    "十二分钟前": "2026-03-10 15:18",
    "2天前": "2026-03-08 15:30",
    "两周前": "2026-02-24 15:30",
    "1个月前": "2026-02-08 15:30",
    "2年前": "2024-03-10 15:30",
    "3 hours ago": "2026-03-10 12:30",
    "今天 08:05": "2026-03-10 08:05",
    "今天08:05": "2026-03-10 08:05",
    "昨天": "2026-03-09 00:00",
    "昨天 18:33": "2026-03-09 18:33",
    "昨日上午9:20": "2026-03-09 09:20",
    "昨天下午3:20": "2026-03-09 15:20",
    "昨晚 9:20": "2026-03-09 21:20",
    "前天 23:59:58": "2026-03-08 23:59:58",
    "11-20 18:33": "2025-11-20 18:33",
    "03-09 18:33": "2026-03-09 18:33",
    "3/9 7:05": "2026-03-09 07:05",
    "11月3日": "2025-11-03 00:00",
    "3月3日 10:00": "2026-03-03 10:00",
    "去年12月1日": "2025-12-01 00:00",
    "去年12月1日 08:00": "2025-12-01 08:00",
    "前年5月4日": "2024-05-04 00:00",
    "今年2月1号": "2026-02-01 00:00",
    "2025年11月3日": "2025-11-03 00:00",
    "2025年11月3日 18时33分": "2025-11-03 18:33",
    "2025年11月03日18:33:21": "2025-11-03 18:33:21",
    "2025-11-03": "2025-11-03 00:00",
    "2025/11/3 8:09": "2025-11-03 08:09",
    "2025.11.03 08:09": "2025-11-03 08:09",
    "发布时间：2025-11-03 08:09:10 来源：新华网": "2025-11-03 08:09:10",
    "发表于 2025-11-3 08:09": "2025-11-03 08:09",
    "编辑于昨天 10:01 上海": "2026-03-09 10:01",
    "2025-11-03T08:09:10+08:00": "2025-11-03 08:09:10",
    "2025-11-03T00:09:10Z": "2025-11-03 08:09:10",
    "2025-11-03T00:09:10.123Z": "2025-11-03 08:09:10.123",
    "2025-11-03 08:09:10 +0800": "2025-11-03 08:09:10",
    "20251103": "2025-11-03 00:00",
    "20251103080910": "2025-11-03 08:09:10",
    "Mon, 03 Nov 2025 00:09:10 GMT": "2025-11-03 08:09:10",
    "Mon, 03 Nov 2025 08:09:10 +0800": "2025-11-03 08:09:10",
    "Mon, 03 Nov 2025 08:09:10": "2025-11-03 08:09:10",
    "Mon, 03 Nov 2025 08:09:10 GMT+8": "2025-11-03 08:09:10",
    "Mon, 03 Nov 2025 00:09:10 -0000": "2025-11-03 08:09:10",
    "1762128550": "2025-11-03 08:09:10",
    "1762128550000": "2025-11-03 08:09:10",
    "08:20": "2026-03-10 08:20",
    "23:20": "2026-03-09 23:20",
    "周一 10:00": "2026-03-09 10:00",
    "上周五": "2026-03-06 00:00",
    "星期六 08:00": "2026-03-07 08:00",
}


@pytest.mark.parametrize(("text", "expected"), CASES.items())
def test_a_date_is_read_in_chinese_time(text: str, expected: str) -> None:
    moment = parse_date(text, NOW)
    assert moment == datetime.fromisoformat(expected).replace(tzinfo=CHINA)
    assert moment is not None
    assert moment.utcoffset() == timedelta(0)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "  ",
        None,
        "转发",
        "第3章",
        "2025年13月45日",
        "13-45",
        "版本 1.2.3",
        "0001-01-01",
        "阅读 1234",
    ],
)
def test_what_is_no_date_gives_none(text: str | None) -> None:
    assert parse_date(text, NOW) is None


def test_the_future_is_clamped_to_now() -> None:
    assert parse_date("2031-01-01 00:00", NOW) == NOW
    assert parse_date("03-10 18:00", NOW) == NOW


def test_new_year_belongs_to_last_year() -> None:
    second_of_january = datetime(2026, 1, 2, tzinfo=UTC)
    moment = parse_date("12-30 10:00", second_of_january)
    assert moment == datetime(2025, 12, 30, 2, tzinfo=UTC)


def test_29_february_is_found_in_the_leap_year_only() -> None:
    assert parse_date("2月29日", datetime(2024, 3, 5, tzinfo=UTC)) is not None
    assert parse_date("2月29日", datetime(2026, 3, 5, tzinfo=UTC)) is None


def test_a_naive_time_takes_the_zone_it_is_given() -> None:
    assert parse_date("2025-11-03 08:00", NOW, UTC) == datetime(2025, 11, 3, 8, tzinfo=UTC)
    assert clamp(datetime(1899, 1, 1), NOW) is None  # noqa: DTZ001
