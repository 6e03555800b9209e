"""Known pages and when they are read again."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

import crawlers.revisits
from crawlers.revisits import (
    forget_pages,
    known_pages,
    next_visit,
    note_visits,
    prune_pages,
    revisit_hours,
)
from storage.records import Records
from storage.records.crawling import SourcePage
from storage.records.watch import Source

NOW = datetime(2026, 7, 1, 8, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def listed(records: Records) -> Records:
    add(records, "a")
    return records


def add(records: Records, name: str, **rules: Any) -> None:
    with records.write() as session:
        session.add(
            Source(
                id=name, name=name, kind="listing", url="https://a.example.cn/", platform="news",
                identity="url", interval_s=900, delay_s=1, created_at=NOW, next_due_at=NOW,
                rules=rules,
            )
        )  # fmt: skip


def read(records: Records, keys: list[str], at: datetime, name: str = "a") -> None:
    with records.write() as session:
        note_visits(session, session.get_one(Source, name), keys, at)


def known(records: Records, at: datetime, name: str = "a") -> set[str]:
    with records.read() as session:
        return set(known_pages(session, name, at))


def test_a_page_is_known_until_its_next_visit_falls_due(listed: Records) -> None:
    read(listed, ["p1", "p2", "p1"], NOW)
    assert known(listed, NOW) == {"p1", "p2"}
    assert known(listed, NOW + 0.99 * HOUR) == {"p1", "p2"}
    assert known(listed, NOW + HOUR) == set()
    assert known(listed, NOW, "other") == set()


def test_a_page_is_read_again_in_growing_steps_and_then_no_more(listed: Records) -> None:
    at, visits = NOW, []
    read(listed, ["p"], at)
    for _ in range(24 * 60):
        at += HOUR / 4
        if "p" not in known(listed, at):
            read(listed, ["p"], at)
            visits.append((at - NOW) / HOUR)
    assert visits == [1, 6, 24, 72, 168]
    assert known(listed, at + timedelta(days=900)) == {"p"}
    with listed.read() as session:
        row = session.get_one(SourcePage, ("a", "p"))
        assert (row.visits, row.next_due_at, row.first_at) == (6, None, NOW)


def test_missed_visits_are_not_made_up_for() -> None:
    late = NOW + timedelta(hours=30)
    assert next_visit(NOW, late, (1, 6, 24, 72)) == NOW + timedelta(hours=72)
    assert next_visit(NOW, NOW + timedelta(days=30), (1, 6)) is None


def test_a_source_may_say_its_own_hours_or_never(records: Records) -> None:
    add(records, "often", revisit_hours=[0.5])
    add(records, "never", revisit_hours=[])
    for name in ("often", "never"):
        read(records, ["p"], NOW, name)
    assert known(records, NOW + HOUR / 2, "often") == set()
    assert known(records, NOW + timedelta(days=99), "never") == {"p"}
    assert revisit_hours("listing", {}) == crawlers.revisits.REVISIT_HOURS
    assert revisit_hours("folder", {}) == ()
    assert revisit_hours("folder", {"revisit_hours": [2]}) == (2.0,)


def test_a_crawl_is_told_of_the_newest_pages_only(
    listed: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crawlers.revisits, "MOST_KNOWN", 3)
    for minute in range(5):
        read(listed, [f"p{minute}"], NOW + timedelta(minutes=minute))
    assert known(listed, NOW + timedelta(minutes=5)) == {"p4", "p3", "p2"}


def test_only_old_pages_that_no_crawl_is_told_of_are_pruned(
    listed: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crawlers.revisits, "MOST_KNOWN", 2)
    add(listed, "b")
    for name, days in (("a", (100, 90, 80, 10)), ("b", (400, 300))):
        for day in days:
            read(listed, [f"{day} days old"], NOW - timedelta(days=day), name)
    with listed.write() as session:
        assert prune_pages(session, NOW) == 2
    with listed.read() as session:
        left = {(row.source_id, row.page_key) for row in session.query(SourcePage)}
    assert left == {
        ("a", "80 days old"), ("a", "10 days old"), ("b", "400 days old"), ("b", "300 days old"),
    }  # fmt: skip


def test_many_pages_at_once_fit_a_statement(listed: Records) -> None:
    keys = [f"{at:016x}" for at in range(12_000)]
    read(listed, keys, NOW)
    read(listed, keys[:6_000], NOW + HOUR)
    assert known(listed, NOW + HOUR) == set(keys[:6_000])


def test_pages_are_forgotten_one_source_at_a_time(listed: Records) -> None:
    add(listed, "b")
    read(listed, ["p"], NOW)
    read(listed, ["p"], NOW, "b")
    with listed.write() as session:
        forget_pages(session, "a")
    assert known(listed, NOW) == set()
    assert known(listed, NOW, "b") == {"p"}
