"""Turns at hosts, by the rows and an injected clock."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from core.errors import Busy, NotFound
from crawlers.claims import claim_named, claim_next, prune_hosts, rest_host
from storage.records import Records
from storage.records.crawling import CrawlHost
from storage.records.lease import settle
from storage.records.watch import Source, host_of

NOW = datetime(2026, 7, 1, 8, 0, tzinfo=UTC)
LATER = NOW + timedelta(minutes=15)


def add(records: Records, name: str, url: str = "https://bbs.example.cn/", **given: Any) -> None:
    fields: dict[str, Any] = {"kind": "feed", "platform": "news", "identity": "url"}
    fields |= {"interval_s": 900, "delay_s": 1.0, "created_at": NOW, "next_due_at": NOW}
    with records.write() as session:
        session.add(Source(id=name, name=name, url=url, **(fields | given)))


def claimed(records: Records, now: datetime = NOW) -> str | None:
    with records.write() as session:
        claim = claim_next(session, now)
        return claim.id if claim else None


def leave(records: Records, name: str, at: datetime, retry_after_s: int | None = None) -> None:
    """End the visit to *name* at *at*: its next is a quarter of an hour later."""
    with records.write() as session:
        source = session.get_one(Source, name)
        rest_host(session, source, at, retry_after_s)
        source.lease_until = None
        source.next_due_at = at + timedelta(minutes=15)


def test_two_sources_of_one_host_take_turns_and_the_host_rests_between(records: Records) -> None:
    add(records, "first", delay_s=5.0, next_due_at=NOW - timedelta(minutes=1))
    add(records, "second", "https://BBS.example.cn:8443/other")
    assert claimed(records) == "first"
    assert claimed(records) is None
    leave(records, "first", NOW)
    assert claimed(records, NOW + timedelta(seconds=4.9)) is None
    assert claimed(records, NOW + timedelta(seconds=5)) == "second"


def test_other_hosts_go_on_while_one_is_visited(records: Records) -> None:
    for name in "abc":
        add(records, name, next_due_at=NOW - timedelta(minutes=2))
    add(records, "elsewhere", "https://news.example.com/")
    assert claimed(records) in set("abc")
    assert claimed(records) == "elsewhere"
    assert claimed(records) is None


def test_sources_of_one_host_come_in_the_order_in_which_they_fell_due(records: Records) -> None:
    for at, name in enumerate("cab"):
        add(records, name, next_due_at=NOW - timedelta(minutes=10 - at))
    turns = []
    for minute in range(6):
        at = NOW + timedelta(minutes=minute)
        if (name := claimed(records, at)) is not None:
            turns.append(name)
            leave(records, name, at)
    assert turns == ["c", "a", "b"]


def test_a_host_of_ones_own_is_visited_without_waiting(records: Records) -> None:
    add(records, "polite")
    add(records, "own", delay_s=0.0)
    add(records, "own too", delay_s=0.0)
    assert {claimed(records) for _ in range(3)} == {"polite", "own", "own too"}
    leave(records, "own", NOW)
    with records.read() as session:
        assert session.get(CrawlHost, "bbs.example.cn") is None


def test_folders_have_no_host_to_wait_for(records: Records) -> None:
    add(records, "a", "", kind="folder")
    add(records, "b", "", kind="folder")
    assert {claimed(records), claimed(records)} == {"a", "b"}


def test_a_host_that_asks_for_rest_is_left_alone_by_all_its_sources(records: Records) -> None:
    add(records, "first")
    assert claimed(records) == "first"
    leave(records, "first", NOW, retry_after_s=120)
    add(records, "second")
    assert claimed(records, NOW + timedelta(seconds=119)) is None
    assert claimed(records, NOW + timedelta(seconds=120)) == "second"


def test_no_answer_closes_a_host_for_longer_than_six_hours(records: Records) -> None:
    add(records, "first")
    claimed(records)
    leave(records, "first", NOW, retry_after_s=10**7)
    assert claimed(records, NOW + timedelta(hours=6)) == "first"


def test_a_shorter_rest_does_not_end_a_longer_one(records: Records) -> None:
    add(records, "first")
    with records.write() as session:
        source = session.get_one(Source, "first")
        rest_host(session, source, NOW, 300)
        rest_host(session, source, NOW, None)
        assert session.get_one(CrawlHost, "bbs.example.cn").next_allowed_at == NOW + timedelta(
            seconds=300
        )


def test_a_worker_that_died_frees_its_host_with_its_source(records: Records) -> None:
    add(records, "first")
    add(records, "second", next_due_at=NOW + timedelta(seconds=1))
    assert claimed(records) == "first"
    with records.write() as session:
        session.get_one(Source, "first").lease_until = datetime.now(UTC) - timedelta(seconds=1)
    assert claimed(records, LATER) == "first"
    assert claimed(records, LATER) is None


def test_a_source_is_claimed_by_name_though_it_is_neither_due_nor_enabled(
    records: Records,
) -> None:
    add(records, "a", next_due_at=LATER, enabled=False)
    with records.write() as session:
        claim = claim_named(session, NOW, "a")
    with records.write() as session, pytest.raises(Busy, match="“a”正在采集"):
        claim_named(session, NOW, "a")
    with records.write() as session:
        settle(session, Source, claim)
        rest_host(session, session.get_one(Source, "a"), NOW, None)
    with records.write() as session, pytest.raises(Busy, match=r"bbs\.example\.cn"):
        claim_named(session, NOW, "a")
    with records.write() as session, pytest.raises(NotFound):
        claim_named(session, NOW, "none")


def test_hosts_that_have_rested_are_forgotten(records: Records) -> None:
    with records.write() as session:
        session.add(CrawlHost(host="old.example.cn", next_allowed_at=NOW - timedelta(seconds=1)))
        session.add(CrawlHost(host="new.example.cn", next_allowed_at=LATER))
        prune_hosts(session, NOW)
        assert session.get(CrawlHost, "old.example.cn") is None
        assert session.get(CrawlHost, "new.example.cn") is not None


def test_a_source_knows_its_host_and_follows_its_address(records: Records) -> None:
    add(records, "a")
    with records.write() as session:
        source = session.get_one(Source, "a")
        assert source.host == "bbs.example.cn"
        source.url = "http://例子.测试:8080/x"
        assert source.host == "例子.测试"
    assert host_of("http://[::1") is None
