"""The values behind the pages: times, charts, marked texts, figures."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.pages.brand_form import split_words
from api.pages.charts import Datum, Series, sparkline, stacked
from api.pages.reasons import hurting, reasons, weights
from api.pages.said import Segment, said, segments
from api.pages.times import Times, hours, in_words
from storage.mentions import Contribution, Span

NOW = datetime(2026, 7, 1, 8, 0, tzinfo=UTC)
TIMES = Times(NOW, ZoneInfo("Asia/Shanghai"))
_spans = st.lists(
    st.tuples(st.integers(-5, 60), st.integers(-5, 60)).map(lambda pair: Span(*pair)), max_size=6
)


@pytest.mark.parametrize(
    ("ago", "shown", "ages"),
    [
        (timedelta(seconds=30), "刚刚", True),
        (timedelta(minutes=59, seconds=59), "59 分钟前", True),
        (timedelta(hours=23, minutes=59), "23 小时前", True),
        (timedelta(hours=24), "06-30 16:00", False),
        (timedelta(days=400), "2025-05-27", False),
        (-timedelta(minutes=5), "07-01 16:05", False),
    ],
)
def test_times_are_relative_under_a_day(ago: timedelta, shown: str, ages: bool) -> None:
    moment = TIMES.moment(NOW - ago)
    assert (moment.shown, moment.ages) == (shown, ages)
    assert moment.absolute.endswith("Asia/Shanghai")


@pytest.mark.parametrize(
    ("left", "text", "level"),
    [
        (timedelta(hours=21, minutes=5), "21:05", "ok"),
        (timedelta(hours=4, minutes=48), "4:48", "soon"),
        (timedelta(0), "已超时 0:00", "late"),
        (-timedelta(minutes=42), "已超时 0:42", "late"),
    ],
)
def test_a_clock_shows_hours_and_minutes_left(left: timedelta, text: str, level: str) -> None:
    due = NOW + left
    clock = TIMES.countdown(due - timedelta(hours=24), due)
    assert (clock.text, clock.level) == (text, level)


def test_a_day_begins_in_the_workspaces_zone() -> None:
    assert TIMES.midnight().astimezone(UTC) == datetime(2026, 6, 30, 16, tzinfo=UTC)
    assert TIMES.day(datetime(2026, 6, 30, 15, 59, tzinfo=UTC)) == "昨天"


def test_lengths_are_said_in_their_largest_units() -> None:
    assert in_words(timedelta(minutes=18)) == "18 分钟"
    assert in_words(timedelta(hours=2)) == "2 小时"
    assert in_words(timedelta(hours=26)) == "1 天"
    assert hours(timedelta(hours=30, minutes=1)) == "30:01"


@given(st.text(max_size=50), _spans, _spans)
def test_cutting_a_text_loses_nothing(text: str, hurt: list[Span], hits: list[Span]) -> None:
    cut = segments(text, hurt, hits)
    assert "".join(part.text for part in cut) == text
    at = 0
    for part in cut:
        for offset in range(at, at + len(part.text)):
            assert part.hurt == any(span.start <= offset < span.end for span in hurt)
            assert part.hit == any(span.start <= offset < span.end for span in hits)
        at += len(part.text)


@given(st.text(max_size=400), st.integers(0, 400), st.integers(10, 200))
def test_an_excerpt_holds_its_first_mark_and_is_not_long(text: str, mark: int, limit: int) -> None:
    shown = said(text, text, (Span(mark, mark + 1),), (), limit)
    body = "".join(part.text for part in shown.body)
    assert len(body) <= limit + 2
    if mark < len(text):
        assert any(part.hurt and text[mark] in part.text for part in shown.body)
    if shown.clipped:
        assert "".join(part.text for part in shown.whole) == text


def test_only_the_words_that_hurt_most_are_marked() -> None:
    text = "屏幕不错，电池太差了，客服更差。"
    parts = (Contribution(0, 5, 0.8), Contribution(5, 11, -1.0), Contribution(11, 16, -2.5))
    assert [text[span.start : span.end] for span in hurting(text, parts)] == ["客服更差"]
    assert [weight.value for weight in weights(text, parts)] == ["+0.8", "−1.0", "−2.5"]
    assert [round(weight.share) for weight in weights(text, parts)] == [32, 40, 100]


def test_the_worst_words_are_marked_in_the_clauses_that_hurt_and_told() -> None:
    text = "屏幕不错，电池太差了，客服更差。"
    parts = (Contribution(0, 5, 0.8), Contribution(5, 11, -1.0), Contribution(11, 16, -2.5))
    words = (Contribution(2, 4, 0.7), Contribution(7, 9, -0.5), Contribution(13, 15, -1.5))
    why = reasons(text, parts, words, negative=True)
    assert [text[span.start : span.end] for span in why.worst] == ["更差"]
    assert (why.words, [weight.value for weight in why.weights]) == (
        ("更差",),
        ["+0.8", "−1.0", "−2.5"],
    )
    marked = segments(text, why.hurt, (), worst=why.worst)
    assert [part.text for part in marked if part.worst] == ["更差"]
    assert "".join(part.text for part in marked if part.hurt) == "客服更差"


def test_what_is_not_negative_is_told_its_good_words_and_has_no_marks() -> None:
    words = (Contribution(2, 4, 0.7), Contribution(4, 6, -0.1), Contribution(6, 8, 0.7))
    why = reasons("屏幕不错有点不错", (Contribution(0, 8, 1.2),), words, negative=False)
    assert (why.hurt, why.worst, why.words) == ((), (), ("不错",))


@given(st.text(max_size=50), _spans, _spans, _spans)
def test_the_worst_words_are_marked_only_where_it_hurts(
    text: str, hurt: list[Span], hits: list[Span], worst: list[Span]
) -> None:
    plain, cut = segments(text, hurt, hits), segments(text, hurt, hits, worst=worst)
    assert "".join(part.text for part in cut) == text
    assert marks(cut) == marks(plain)
    at = 0
    for part in cut:
        inside = any(span.start <= at < span.end for span in worst)
        assert part.worst == (part.hurt and inside)
        at += len(part.text)


def marks(cut: tuple[Segment, ...]) -> list[tuple[bool, bool]]:
    """The other marks of each character."""
    return [(part.hurt, part.hit) for part in cut for _ in part.text]


@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=40))
def test_columns_stay_inside_their_chart(counts: list[int]) -> None:
    data = [Datum("07-01", "", None, {"negative": n, "positive": n // 2}) for n in counts]
    series = (Series("negative", ""), Series("positive", ""))
    chart = stacked("chart", series, data)
    assert chart.grid[-1].y >= 0
    for column in chart.columns:
        assert column.left + column.width <= chart.plot_width + 1e-6
        assert all(block.y >= -1e-6 for block in column.blocks)
    assert sum(column.label is not None for column in chart.columns) <= 7


def test_a_line_needs_two_values_that_are_not_all_zero() -> None:
    assert sparkline([1.0]) is None
    assert sparkline([0.0, 0.0]) is None
    assert sparkline([0, 1], width=10, height=20) == "0.0,19.0 10.0,1.0"


def test_words_are_parted_by_lines_or_any_comma() -> None:
    assert split_words("星澜、 XL，Xinglan\n\n星 澜;x") == ["星澜", "XL", "Xinglan", "星 澜", "x"]


def test_a_text_full_of_hits_is_cut_once_and_quickly() -> None:
    text = "起火\n" * 20_000
    hits = [Span(at * 3, at * 3 + 2) for at in range(20_000)]
    found = segments(text, [Span(0, 9)], hits)
    assert "".join(part.text for part in found) == text
    assert sum(part.hit for part in found) == 20_000
    assert [part.hurt for part in found[:5]] == [True, True, True, True, True]


def test_a_list_carries_only_the_beginning_of_a_very_long_text() -> None:
    whole = said("字" * 90_000, "字" * 90_000, [], limit=100).whole
    assert sum(len(part.text) for part in whole) < 6_000
    assert whole[-1].text == "…"
