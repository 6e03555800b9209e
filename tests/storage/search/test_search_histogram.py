"""Counts over local days and hours."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from search_mention_engines import ENGINES
from search_mentions import brand, mention

from core.errors import InvalidInput
from storage.search import Filters, HistogramRequest, MentionIndex

pytestmark = pytest.mark.parametrize("engine", ENGINES)

SHANGHAI = ZoneInfo("Asia/Shanghai")
BRANDS = {"华为": "b1"}


@pytest.fixture
def filled(index: MentionIndex) -> MentionIndex:
    """Around midnight of 2 March in Shanghai, which is 16:00 UTC of 1 March."""
    midnight = datetime(2026, 3, 1, 16, tzinfo=UTC)
    index.create_many(
        [
            mention(
                f"m{minutes}",
                "手机",
                published_at=midnight + timedelta(minutes=minutes),
                label="negative",
                brands=(brand("b1", "positive"), brand("b2", "neutral")),
            )
            for minutes in (-61, -1, 0, 1, 1440)
        ]
        + [mention("plain", "手机", published_at=midnight, label="neutral")]
    )
    index.sync()
    return index


def test_days_are_those_of_the_zone(filled: MentionIndex) -> None:
    for q in ("", "手机"):  # from the roll-up and from the rows
        found = filled.histogram(HistogramRequest(q=q, zone=SHANGHAI))
        assert [bucket.start.isoformat() for bucket in found] == [
            "2026-03-01T00:00:00+08:00",
            "2026-03-02T00:00:00+08:00",
            "2026-03-03T00:00:00+08:00",
        ]
        assert [bucket.total for bucket in found] == [2, 3, 1]
        assert found[1].counts == {"negative": 2, "neutral": 1, "positive": 0}


def test_with_a_brand_named_labels_are_towards_it(filled: MentionIndex) -> None:
    for q in ("brand:华为", "brand:华为 手机"):
        found = filled.histogram(HistogramRequest(q=q, zone=SHANGHAI, brands=BRANDS))
        assert [bucket.counts["positive"] for bucket in found] == [2, 2, 1]
        assert {bucket.counts["negative"] for bucket in found} == {0}
    only = HistogramRequest(q="brand:华为 label:负面", zone=SHANGHAI, brands=BRANDS)
    assert filled.histogram(only) == []


def test_a_closed_range_has_every_bucket(filled: MentionIndex) -> None:
    for word in ("", "手机 "):
        days = HistogramRequest(q=word + "after:2026-02-28 before:2026-03-06", zone=SHANGHAI)
        assert [bucket.total for bucket in filled.histogram(days)] == [0, 2, 3, 1, 0, 0]
        hours = HistogramRequest(
            q=word + "after:2026-03-01 before:2026-03-02", zone=SHANGHAI, by="hour"
        )
        found = filled.histogram(hours)
        assert len(found) == 24
        assert [bucket.total for bucket in found[-3:]] == [0, 1, 1]


def test_a_range_that_cuts_an_hour_counts_only_what_is_inside(
    filled: MentionIndex,
) -> None:
    filters = Filters(
        after=datetime(2026, 3, 1, 15, 30, tzinfo=UTC),
        before=datetime(2026, 3, 1, 16, 1, tzinfo=UTC),
    )
    found = filled.histogram(HistogramRequest(filters=filters, zone=SHANGHAI, by="hour"))
    assert [bucket.total for bucket in found] == [1, 2]


def test_zones_of_half_hours_have_days_too(filled: MentionIndex) -> None:
    found = filled.histogram(HistogramRequest(zone=ZoneInfo("Asia/Kolkata")))
    assert [(bucket.start.isoformat(), bucket.total) for bucket in found] == [
        ("2026-03-01T00:00:00+05:30", 5),
        ("2026-03-02T00:00:00+05:30", 1),
    ]


def test_days_of_23_and_25_hours(index: MentionIndex) -> None:
    berlin = ZoneInfo("Europe/Berlin")
    for day, hours in (("2026-03-29", 23), ("2026-10-25", 25)):
        following = (datetime.fromisoformat(day) + timedelta(days=1)).date().isoformat()
        q = f"after:{day} before:{following}"
        assert len(index.histogram(HistogramRequest(q=q, zone=berlin))) == 1
        found = index.histogram(HistogramRequest(q=q, zone=berlin, by="hour"))
        assert len({bucket.start.astimezone(UTC) for bucket in found}) == len(found) == hours


def test_growth_and_deletion_keep_the_roll_up_true(filled: MentionIndex) -> None:
    filled.create_many([mention("plain", "手机", label="neutral", batch_id="batch-2")])
    filled.delete(["m0", "m1440"])
    for q in ("", "手机"):
        found = filled.histogram(HistogramRequest(q=q, zone=SHANGHAI))
        assert [bucket.total for bucket in found] == [2, 2]


def test_too_many_buckets_are_refused(index: MentionIndex) -> None:
    request = HistogramRequest(q="after:2000-01-01 before:2026-01-01", zone=SHANGHAI, by="hour")
    with pytest.raises(InvalidInput, match="按天"):
        index.histogram(request)
