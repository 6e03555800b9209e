from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from api.wiring import Service
from core.clock import FixedClock
from core.errors import Conflict, InvalidInput, NotFound
from crawlers.addresses import AllowList
from crawlers.sources import SourceInput, add_source, edit_source, run_now, set_enabled
from storage.records.accounts import AuditEvent
from storage.records.watch import Source

PUBLIC = AllowList()
FEED = SourceInput("星澜论坛", "feed", "https://forum.example.com/feed.xml", "forum")
LISTING = replace(
    FEED,
    name="新闻",
    kind="listing",
    identity="url",
    rules={"item": "ul li a", "title": "h1::text"},
)

Add = Callable[..., Source]


@pytest.fixture
def add(service: Service) -> Add:
    def add(given: SourceInput = FEED, allow: AllowList = PUBLIC, **fields: Any) -> Source:
        with service.records.write() as session:
            whole = replace(given, **fields)
            return add_source(session, whole, allow, "admin", service.clock, service.ids)

    return add


def edit(service: Service, source: Source, given: SourceInput, version: int | None = None) -> None:
    with service.records.write() as session:
        at = source.version if version is None else version
        edit_source(session, source.id, at, given, PUBLIC, "林岚", service.clock)


def stored(service: Service, source: Source) -> Source:
    with service.records.read() as session:
        return session.get_one(Source, source.id)


def test_a_new_source_is_due_at_once(service: Service, add: Add) -> None:
    source = stored(service, add())
    assert source.next_due_at == service.clock.now()
    assert (source.enabled, source.version, source.failures) == (True, 1, 0)
    assert (source.etag, source.lease_until) == (None, None)


def test_a_listing_keeps_its_rules(service: Service, add: Add) -> None:
    assert stored(service, add(LISTING)).rules == {"item": "ul li a", "title": "h1::text"}


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"name": " "}, "name"),
        ({"name": "名" * 101}, "name"),
        ({"platform": ""}, "platform"),
        ({"kind": "telepathy"}, "kind"),
        ({"identity": "luck"}, "identity"),
        ({"source_type": "blog"}, "source_type"),
        ({"interval_s": 59}, "interval_s"),
        ({"interval_s": 31 * 86_400}, "interval_s"),
        ({"delay_s": -0.1}, "delay_s"),
        ({"delay_s": float("nan")}, "delay_s"),
        ({"max_pages": 0}, "max_pages"),
        ({"url": "forum.example.com"}, "url"),
        ({"url": "ftp://forum.example.com/"}, "url"),
        ({"url": "http://127.0.0.1/"}, "url"),
        ({"url": "http://192.168.1.1/"}, "url"),
        ({"url": "http://[::1]/"}, "url"),
        ({"url": "http://2130706433/"}, "url"),
        ({"url": "http://router.local/"}, "url"),
        ({"url": "http://me:pw@forum.example.com/"}, "url"),
        ({"url": "https://forum.example.com/" + "x" * 2000}, "url"),
    ],
)
def test_what_cannot_be_crawled_is_refused_by_its_field(
    add: Add, fields: dict[str, Any], wrong: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        add(**fields)
    assert refused.value.field == wrong
    assert str(refused.value)


@pytest.mark.parametrize(
    ("rules", "wrong"),
    [
        ({}, "item"),
        ({"item": ""}, "item"),
        ({"item": "a["}, "item"),
        ({"item": "a", "colour": "b"}, "colour"),
        ({"item": "a", "title": 7}, "title"),
    ],
)
def test_rules_of_a_listing_are_checked(add: Add, rules: dict[str, Any], wrong: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        add(LISTING, rules=rules)
    assert refused.value.field == wrong


def test_a_private_address_may_be_crawled_when_it_is_named(add: Add) -> None:
    allow = AllowList.parse(["127.0.0.1:1200"])
    assert add(allow=allow, url="http://127.0.0.1:1200/feed").url
    with pytest.raises(InvalidInput):
        add(allow=allow, name="另一个", url="http://127.0.0.1:22/feed")


def test_a_name_that_is_taken_is_refused(add: Add) -> None:
    add()
    with pytest.raises(InvalidInput, match="已有名为“星澜论坛”的来源"):
        add()
    with pytest.raises(InvalidInput):
        add(name=" 星澜论坛 ")


def test_a_changed_source_is_due_at_once_and_forgets_what_belongs_to_the_old_one(
    service: Service, add: Add, clock: FixedClock
) -> None:
    source = add()
    with service.records.write() as session:
        row = session.get_one(Source, source.id)
        row.etag, row.last_modified, row.failures = "old", "old", 4
        row.next_due_at = clock.now() + timedelta(days=1)
    clock.advance(timedelta(hours=1))
    edit(service, source, replace(FEED, url="https://forum.example.com/new.xml"))
    changed = stored(service, source)
    assert (changed.url, changed.version) == ("https://forum.example.com/new.xml", 2)
    assert (changed.etag, changed.last_modified, changed.failures) == (None, None, 0)
    assert changed.next_due_at == clock.now()


def test_the_identity_of_mentions_is_declared_once_and_for_all(service: Service, add: Add) -> None:
    source = add()
    with pytest.raises(InvalidInput) as refused:
        edit(service, source, replace(FEED, identity="content"))
    assert refused.value.field == "identity"


def test_who_read_an_older_version_does_not_overwrite_a_newer(service: Service, add: Add) -> None:
    source = add()
    edit(service, source, replace(FEED, interval_s=600))
    with pytest.raises(Conflict):
        edit(service, source, replace(FEED, interval_s=60), version=1)
    with pytest.raises(Conflict), service.records.write() as session:
        set_enabled(session, source.id, 1, False, "林岚", service.clock)
    assert stored(service, source).interval_s == 600


def test_a_wrong_change_is_refused_and_leaves_the_source_as_it_was(
    service: Service, add: Add
) -> None:
    source = add()
    with pytest.raises(InvalidInput):
        edit(service, source, replace(FEED, url="http://10.0.0.1/"))
    assert stored(service, source).url == FEED.url


def test_a_paused_source_goes_on_where_it_was(service: Service, add: Add) -> None:
    source = add()
    for enabled, version in ((False, 1), (True, 2)):
        with service.records.write() as session:
            set_enabled(session, source.id, version, enabled, "林岚", service.clock)
        assert stored(service, source).enabled is enabled


def test_run_now_makes_a_source_due(service: Service, add: Add, clock: FixedClock) -> None:
    source = add()
    with service.records.write() as session:
        session.get_one(Source, source.id).next_due_at = clock.now() + timedelta(days=1)
    with service.records.write() as session:
        run_now(session, source.id, "林岚", service.clock)
    assert stored(service, source).next_due_at == clock.now()


def test_a_source_that_is_not_there_is_not_found(service: Service) -> None:
    with pytest.raises(NotFound), service.records.write() as session:
        run_now(session, "src_none", "林岚", service.clock)
    with pytest.raises(NotFound), service.records.write() as session:
        set_enabled(session, "src_none", 1, True, "林岚", service.clock)


def test_every_change_is_in_the_audit_trail(service: Service, add: Add) -> None:
    source = add()
    edit(service, source, replace(FEED, interval_s=600))
    with service.records.write() as session:
        set_enabled(session, source.id, 2, False, "林岚", service.clock)
        run_now(session, source.id, "林岚", service.clock)
    with service.records.read() as session:
        rows = session.scalars(select(AuditEvent).order_by(AuditEvent.id)).all()
    assert [(row.actor, row.action) for row in rows] == [
        ("admin", "add"),
        ("林岚", "edit"),
        ("林岚", "pause"),
        ("林岚", "run"),
    ]
    assert rows[1].detail["interval_s"] == 600
