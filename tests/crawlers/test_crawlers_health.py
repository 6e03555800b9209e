"""Histories of sources and the state that each is told by."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from crawlers.health import DAYS, SinceNew, health_of, runs_of, state_of
from crawlers.job import CrawlReport
from crawlers.latency import median_latency
from crawlers.rhythm import patience, usual_gap, with_gap
from crawlers.runs import begin_run, credit_run, end_run, prune_runs
from storage.records import Records
from storage.records.crawling import CrawlRun
from storage.records.watch import Source

NOW = datetime(2026, 7, 20, 8, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
QUARTER = timedelta(minutes=15)
SHANGHAI = ZoneInfo("Asia/Shanghai")
NOTHING = SinceNew()
REPEATS = SinceNew(visits=9, items=90, duplicates=90)
UNRELATED = SinceNew(visits=9, items=90, dropped=80, duplicates=10)


def source(**fields: Any) -> Source:
    given: dict[str, Any] = {
        "id": "a", "name": "a", "kind": "feed", "url": "https://a.example.cn/", "platform": "news",
        "identity": "url", "interval_s": 900, "delay_s": 1.0, "created_at": NOW - 60 * DAY,
        "next_due_at": NOW, "enabled": True, "failures": 0, "last_success_at": NOW - HOUR,
        "last_new_at": NOW - HOUR, "gaps": {},
    }  # fmt: skip
    return Source(**(given | fields))


def gaps(*hours: float) -> dict[str, int]:
    return {f"2026-06-{day:02d}": round(each * 3600) for day, each in enumerate(hours, 1)}


WEEKDAYS = gaps(*[14, 14, 14, 14, 62] * 4)


@pytest.mark.parametrize(
    ("fields", "since", "told"),
    [
        ({}, NOTHING, ("ok", "")),
        ({"enabled": False, "failures": 3}, NOTHING, ("paused", "")),
        ({"failures": 1}, NOTHING, ("failing", "")),
        ({"last_success_at": None, "last_new_at": None}, NOTHING, ("waiting", "")),
        # A day of silence is the least that is odd, also for what never brought anything.
        ({"last_new_at": NOW - 24 * HOUR}, NOTHING, ("ok", "")),
        ({"last_new_at": NOW - 25 * HOUR}, NOTHING, ("silent", "nothing")),
        ({"last_new_at": None, "created_at": NOW - 23 * HOUR}, NOTHING, ("ok", "")),
        ({"last_new_at": None, "created_at": NOW - 25 * HOUR}, NOTHING, ("silent", "nothing")),
        # A source that is asked once a day is given a dozen visits.
        ({"last_new_at": NOW - 11 * DAY, "interval_s": 86_400}, NOTHING, ("ok", "")),
        ({"last_new_at": NOW - 13 * DAY, "interval_s": 86_400}, NOTHING, ("silent", "nothing")),
        # One that sleeps at weekends may, and one that brings something once a month may too.
        ({"last_new_at": NOW - 100 * HOUR, "gaps": WEEKDAYS}, NOTHING, ("ok", "")),
        ({"last_new_at": NOW - 125 * HOUR, "gaps": WEEKDAYS}, NOTHING, ("silent", "nothing")),
        ({"last_new_at": NOW - 50 * DAY, "gaps": gaps(700, 720)}, NOTHING, ("ok", "")),
        # One outage of long ago makes nobody patient.
        ({"last_new_at": NOW - 30 * HOUR, "gaps": gaps(*[3] * 19, 400)}, NOTHING,
         ("silent", "nothing")),
        ({"last_new_at": NOW - 30 * HOUR}, UNRELATED, ("silent", "unrelated")),
        ({"last_new_at": NOW - 30 * HOUR}, REPEATS, ("duplicates", "")),
        ({"last_new_at": NOW - 2 * HOUR}, REPEATS, ("ok", "")),
        # What never brought anything but repeats another source from its first visits on.
        ({"last_new_at": None, "created_at": NOW - HOUR}, REPEATS, ("duplicates", "")),
        ({"last_new_at": None, "created_at": NOW - HOUR}, SinceNew(2, 9, 9), ("ok", "")),
        ({"last_new_at": None, "created_at": NOW - HOUR}, UNRELATED, ("ok", "")),
    ],
)  # fmt: skip
def test_a_history_tells_the_state(
    fields: dict[str, Any], since: SinceNew, told: tuple[str, str]
) -> None:
    assert state_of(source(**fields), since, NOW) == told


def test_of_each_day_the_longest_wait_is_kept_for_sixty_days() -> None:
    kept: dict[str, Any] = {}
    at = NOW
    for _ in range(100):
        kept = with_gap(kept, at, at + 9 * HOUR)
        kept = with_gap(kept, at + 9 * HOUR, at + 10 * HOUR)
        at += DAY
    assert len(kept) == 60
    assert set(kept.values()) == {9 * 3600}
    assert with_gap({}, None, NOW) == {}


def test_the_usual_wait_is_what_nine_of_ten_days_stay_within() -> None:
    assert usual_gap({}) is None
    assert usual_gap(gaps(2, 30, 4)) == 30 * HOUR
    assert usual_gap(gaps(*range(1, 21))) == 19 * HOUR
    assert patience({}, QUARTER) == 24 * HOUR


def test_the_latency_is_a_median() -> None:
    assert median_latency([]) is None
    assert median_latency([60, 90, 100_000]) == 90


@pytest.fixture
def told(records: Records) -> Records:
    with records.write() as session:
        session.add_all([source(), source(id="b", name="b", last_new_at=NOW - 3 * DAY)])
    return records


def visit(
    records: Records, at: datetime, new: int = 0, name: str = "a", latencies: tuple[int, ...] = ()
) -> str:
    trace = f"trace_{name}_{at:%d%H%M}"
    with records.write() as session:
        begin_run(session, trace, name, at)
        end_run(session, trace, CrawlReport("ok", items=9, pages=2), at + timedelta(seconds=5))
        credit_run(session, trace, new=new, duplicates=9 - new, dropped=0, latencies=latencies)
    return trace


def test_health_is_read_for_many_sources_at_once(told: Records) -> None:
    visit(told, NOW - 2 * HOUR, 3, latencies=(60, 120, 600))
    visit(told, NOW - 30 * HOUR, 2, latencies=(180,))
    visit(told, NOW - 8 * DAY, 4, latencies=(90_000,) * 4)
    visit(told, NOW - HOUR, 0, "b")
    with told.read() as session:
        rows = [session.get_one(Source, name) for name in "ab"]
        health = health_of(session, rows, NOW, SHANGHAI)
    assert health["a"].state == "ok"
    assert health["a"].new_by_day == (0,) * 5 + (4,) + (0,) * 6 + (2, 3)
    assert health["a"].latency_s == 150
    assert len(health["b"].new_by_day) == DAYS
    assert (health["b"].state, health["b"].latency_s) == ("duplicates", None)


def test_a_visit_that_went_with_its_worker_is_told_as_lost(told: Records) -> None:
    with told.write() as session:
        begin_run(session, "trace_1", "a", NOW - HOUR)
        begin_run(session, "trace_2", "b", NOW - HOUR)
    with told.write() as session:
        begin_run(session, "trace_3", "a", NOW)
    with told.read() as session:
        assert [run.status for run in runs_of(session, "a")] == ["running", "lost"]
        assert [run.status for run in runs_of(session, "b")] == ["running"]


def test_what_is_no_visit_is_credited_to_none(told: Records) -> None:
    with told.write() as session:
        credit_run(session, "trace_import", new=3, duplicates=0, dropped=0, latencies=())
        end_run(session, "trace_import", None, NOW)
        assert session.query(CrawlRun).count() == 0


def test_visits_are_kept_for_a_month(told: Records) -> None:
    kept = visit(told, NOW - 29 * DAY)
    visit(told, NOW - 31 * DAY)
    with told.write() as session:
        assert prune_runs(session, NOW) == 1
        assert [run.trace_id for run in runs_of(session, "a")] == [kept]
