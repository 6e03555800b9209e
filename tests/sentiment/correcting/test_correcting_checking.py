"""The draw of a day: every mention as likely, the same for everybody, kept for a while."""

import random
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from sentiment.correcting.checking import A_DAY, Check, draw, is_check, todays_checks
from storage.mentions import Engagement, Mention, MentionBrand
from storage.records import Records
from storage.search import EmbeddedMentionIndex

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 7, 1, 4, tzinfo=UTC)
MIDNIGHT = datetime(2026, 7, 1, tzinfo=ZONE)


def about(key: str, hours_ago: float, *brands: str) -> Mention:
    at = NOW - timedelta(hours=hours_ago)
    judged = [MentionBrand(b, b, "own", (), "neutral", 0.1, 0.8, 0.1) for b in brands]
    return Mention(
        id=key,
        url=None,
        platform="weibo",
        kind="post",
        title="",
        text="无事",
        author=None,
        published_at=at,
        detected_at=at,
        engagement=Engagement(),
        brands=tuple(judged),
        label="neutral",
        p_negative=0.1,
        p_neutral=0.8,
        p_positive=0.1,
        contributions=(),
        activity=None,
        story_id=key,
        source_id=None,
        scorer="test",
        batch_id="batch",
        trace_id="trace",
    )


@pytest.fixture
def index(tmp_path: Path) -> Iterator[EmbeddedMentionIndex]:
    made = EmbeddedMentionIndex(tmp_path / "search.sqlite")
    # Ten in one hour, ten far apart, and what must not be drawn: today's, old ones, other brands.
    made.create_many([about(f"close{n}", 30 + n / 100, "own") for n in range(10)])
    made.create_many([about(f"far{n}", 16 + 14 * n, "own") for n in range(10)])
    made.create_many([about("today", 1, "own"), about("old", 9 * 24, "own")])
    made.create_many([about("other", 30, "other")])
    yield made
    made.close()


def test_every_mention_of_the_past_days_is_as_likely(index: EmbeddedMentionIndex) -> None:
    drawn: Counter[str] = Counter()
    rounds = 400
    for seed in range(rounds):
        found = draw(index, ["own"], MIDNIGHT, random.Random(seed))
        assert len(set(found)) == A_DAY
        drawn.update(check.mention_id for check in found)
    expected = {f"close{n}" for n in range(10)} | {f"far{n}" for n in range(10)}
    assert set(drawn) == expected
    # Each is drawn 100 times of 400 on average; 5 deviations are 43.
    assert all(57 < count < 143 for count in drawn.values())


def test_a_day_has_one_draw_that_stays_when_more_arrives(
    index: EmbeddedMentionIndex, records: Records
) -> None:
    first = todays_checks(records, index, ["own"], NOW, ZONE)
    index.create_many([about(f"late{n}", 40 + n, "own") for n in range(50)])
    assert todays_checks(records, index, ["own"], NOW + timedelta(hours=3), ZONE) == first
    tomorrow = todays_checks(records, index, ["own"], NOW + timedelta(days=1), ZONE)
    assert tomorrow != first
    with records.read() as session:
        assert all(is_check(session, each.mention_id, "own") for each in [*first, *tomorrow])
        assert not is_check(session, first[0].mention_id, "other")
        assert not is_check(session, "today", "own")


def test_old_draws_are_forgotten(index: EmbeddedMentionIndex, records: Records) -> None:
    (first,) = todays_checks(records, index, ["other"], NOW, ZONE)
    index.create_many([about("new", -24 * 8, "other")])
    for days in (9, 10, 11):
        with records.read() as session:
            assert is_check(session, first.mention_id, "other")
        later = todays_checks(records, index, ["other"], NOW + timedelta(days=days), ZONE)
        assert later == [Check("new", "other")]
    with records.read() as session:
        assert is_check(session, "new", "other")
        assert not is_check(session, first.mention_id, "other")


def test_with_little_to_draw_from_there_are_fewer(
    index: EmbeddedMentionIndex, records: Records
) -> None:
    assert todays_checks(records, index, ["other"], NOW, ZONE) == [Check("other", "other")]
    assert draw(index, ["nobody"], MIDNIGHT, random.Random(1)) == []
    assert draw(index, [], MIDNIGHT, random.Random(1)) == []
