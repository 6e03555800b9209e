"""What looks like a date and is none, what turns with the year, and what is hostile."""

import re
from datetime import UTC, datetime

import pytest
from crawlers_dates import NOW, in_china
from hypothesis import given, settings
from hypothesis import strategies as st

from crawlers.dates import parse_date

NO_DATES = [
    "2025-13-01",
    "2025-02-30",
    "2025年2月30日",
    "2025年13月",
    "13月1日",
    "2月30日",
    "2月30日 10:20",
    "11月31日",
    "00-00",
    "0000-00-00",
    "99-99",
    "2025-00-10",
    "20251345",
    "20250230",
    "2025",
    "2025年",
    "2025年11月",
    "2025-11",
    "11月",
    "周年",
    "一周",
    "三周三次",
    "每周五",
    "下周一",
    "下周五 10:00",
    "周一至周五 9:00-18:00",
    "09:00-18:00",
    "13812345678",
    "138-1234-5678",
    "0571-88888888",
    "010-12345678",
    "400-820-8820",
    "+86 13812345678",
    "10-20元",
    "10-20 元",
    "10-20%",
    "10-12岁",
    "3-5",
    "1/2",
    "3/4 杯",
    "2-1",
    "12-15万",
    "¥12.05",
    "12.05",
    "1.5万",
    "1,234",
    "99+",
    "版本 1.2.3",
    "v2025.11.03beta",
    "2025.1.1.10",
    "192.168.11.20",
    "11.20",
    "ISBN 978-7-111-20251",
    "110101199003071234",
    "20251103183000123456",
    "订单号20251103183",
    "浙 B2-20181004",
    "沪ICP备20181004号",
    "第20251103期",
    "9876543210",
    "9876543210123",
    "12345",
    "123456789",
    "农历十一月初三",
    "农历11月3日",
    "民国114年11月3日",
    "1899-01-01",
    "1970-01-01",
    "0",
    "-1",
    "None",
    "null",
    "NaN",
    "undefined",
    "--",
    "/",
    "：",
    "年月日",
    "时间",
    "发布时间：",
    "来源：新华网",
    "转发 12 评论 3 赞 45",
    "明天",
    "后天 10:00",
    "3小时后",
    "10分钟以内",
    "前几天",
    "天天向上",
    "今年",
    "去年",
    "前年",
    "五一",
    "双十一",
    "24小时",
    "7天无理由",
    "30天",
    "3分钟看完",
    "100天前端入门",
    "半价",
    "一时间",
    "第一时间",
    "11/20/2025 10:00",
    "03-11-2025",
    "25:61",
    "::",
    "12:3",
    "1:2:3:4:5",
    "🙂",
    "May the force",
    "Sunday",
    "March",
    "second to none",
    "a b c",
]
# What was seen on the left's day, and the day it belongs to.
SEEN = [
    ("2026-01-01 00:10", "12-31", "2025-12-31"),
    ("2026-01-01 00:10", "12-31 23:50", "2025-12-31 23:50"),
    ("2026-01-01 00:10", "12月31日", "2025-12-31"),
    ("2026-01-01 00:10", "昨天 23:50", "2025-12-31 23:50"),
    ("2026-01-01 00:10", "23:50", "2025-12-31 23:50"),
    ("2026-01-01 00:10", "20分钟前", "2025-12-31 23:50"),
    ("2026-01-01 00:10", "去年12月31日", "2025-12-31"),
    ("2026-01-01 00:10", "01-01", "2026-01-01"),
    ("2026-01-01 00:10", "上月31日", "2025-12-31"),
    ("2024-03-01 08:00", "昨天", "2024-02-29"),
    ("2024-03-05 08:00", "2月29日", "2024-02-29"),
    ("2025-02-10 08:00", "2月29日", "2024-02-29"),
    ("2025-02-10 08:00", "去年2月29日", "2024-02-29"),
    ("2025-03-31 08:00", "上月28日", "2025-02-28"),
    ("2025-03-31 08:00", "上月30日", None),
    ("2025-10-08 08:00", "周三", "2025-10-08"),
    ("2025-10-08 08:00", "周四", "2025-10-02"),
    ("2000-01-01 00:10", "12-31", "1999-12-31"),
]
PIECES = st.sampled_from(
    [
        *list("昨前今上本晚天周月日年点时分秒半一二十〇个TZ-/.:：+0129"),
        "前天",
        "小时",
        "发布",
        "更新",
        "31",
        "2025",
        "20251103",
        "jan",
        "GMT",
        "ago",
        "am",
    ]
)


@pytest.mark.parametrize("text", NO_DATES)
def test_what_only_looks_like_a_date_is_none(text: str) -> None:
    assert parse_date(text, NOW) is None


@pytest.mark.parametrize(("seen", "text", "expected"), SEEN)
def test_a_date_belongs_to_the_past_of_its_reader(
    seen: str, text: str, expected: str | None
) -> None:
    now = in_china(seen)
    assert now is not None
    assert parse_date(text, now) == in_china(expected)


@pytest.mark.parametrize(
    "text",
    [
        "1",
        "年",
        "11-",
        "今",
        " ",
        "1 ",
        "一",
        "2025年",
        "昨天 ",
        "a",
        "1月1",
        "jan 1 ",
        "更新发布",
        "\u0085",
        "二",
    ],
)
@pytest.mark.timeout(10)
def test_a_long_text_costs_no_more_than_its_beginning(text: str) -> None:
    for _ in range(200):
        parse_date(text * 100_000, NOW)
    assert parse_date("2025-11-03 " + text * 100_000, NOW) is not None or text in "1:"


@settings(max_examples=400, deadline=None)
@given(st.text(max_size=60) | st.lists(PIECES, max_size=20).map("".join))
def test_nothing_makes_it_raise_and_nothing_lies_ahead(text: str) -> None:
    moment = parse_date(text, NOW)
    assert moment is None or (moment <= NOW and moment.tzinfo is UTC)


@given(st.datetimes(datetime(1991, 1, 1), datetime(2026, 3, 9)))  # noqa: DTZ001
def test_every_minute_is_read_back_in_every_notation(moment: datetime) -> None:
    moment = moment.replace(second=0, microsecond=0, fold=0)
    for form in (
        "%Y-%m-%d %H:%M",
        "%Y年%m月%d日 %H时%M分",
        "%Y/%m/%d %H:%M",
        "%Y%m%d%H%M",
        "%d %b %Y %H:%M",
    ):
        written = moment.strftime(form)
        assert parse_date(re.sub(r"(?<=\D)0(?=\d[月日])", "", written), NOW) == in_china(
            str(moment)
        )
