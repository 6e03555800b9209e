"""What the sample's workspace holds at its first start: a past as real work would have left it."""

import shutil
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from api.sample_library import sample_started_at, settling_step
from api.wiring import Service, open_service
from assets import library
from assets.actor import Actor
from assets.indexing import index_due
from assets.processing import process_due
from assets.sample.plan import planned_files, planned_messages
from assets.sample.shelf import planned_asset
from core.clock import SystemClock
from core.settings import Settings
from core.workspace import current_workspace
from crawlers.sample.history import past
from crawlers.sample.replay import first_of
from crawlers.sample.script import steps
from storage.records.audit import AuditEvent
from storage.records.cases import Case, CaseEvent, OutboxMessage
from storage.records.library import Asset, AssetVersion, MessageUse
from storage.search import SearchRequest

if TYPE_CHECKING:
    import httpx

CLOCK = SystemClock()
ADMIN = Actor(None, "admin", "admin")
# Page of the navigation → something true that it shows.
SHOWN = {
    "/": "星澜预售拖了二十天不发货",
    "/mentions": "星澜",
    "/cases": "星澜S3的前盖边角划伤了孩子的手",
    "/competitors": "蓝鲸智能",
    "/assets": "图形标志（标准版）",
    "/messages": "预售延迟发货的处理",
    "/reviews": "冬季新品沟通会问答",
    "/reports": "“净化器放毒气”谣言澄清",
    "/admin/sources": "江城晚讯",
    "/admin/brands": "沐风电器",
    "/admin/routes": "duty@xinglan.example",
    "/admin/outbox": "linlan@xinglan.example",
    "/admin/accounts": "沈知微",
}


@pytest.fixture
def service(tmp_path: Path, made_sample: Path) -> Iterator[Service]:
    """The sample's workspace, opened; nothing has been read or crawled yet."""
    data_dir = tmp_path / "data"
    shutil.copytree(made_sample, data_dir)
    workspace = current_workspace(data_dir)
    assert workspace is not None
    opened = open_service(Settings(data_dir=data_dir, port=8123), workspace)
    yield opened
    opened.close()


def test_it_knows_two_weeks_of_mentions_in_stories(service: Service) -> None:
    assert service.index.count(SearchRequest()) == len(past()) >= 150
    found = service.index.search(SearchRequest(limit=200)).hits
    sizes = Counter(hit.mention.story_id for hit in found)
    assert sum(3 <= size <= 8 for size in sizes.values()) >= 5


@pytest.mark.parametrize("page", SHOWN)
def test_every_page_has_something_true_to_show(
    service: Service, admin: "httpx.Client", page: str
) -> None:
    while index_due(service.records, service.asset_index, service.clock, limit=100):
        pass
    answer = admin.get(page)
    assert answer.status_code == 200
    assert SHOWN[page] in answer.text


def test_these_are_all_pages_of_the_navigation(service: Service, admin: "httpx.Client") -> None:
    navigation = admin.get("/").text.split("</nav>")[0]
    assert [page for page in SHOWN if f'href="{page}"' not in navigation] == []


def cases(service: Service) -> dict[str, Case]:
    with service.records.read() as session:
        rows = session.scalars(select(Case)).all()
    told = {first_of(step.story).told.title: step.story for step in steps()}
    return {told[row.title]: row for row in rows}


def test_its_cases_stand_as_people_left_them(service: Service) -> None:
    found, started = cases(service), sample_started_at(service.records)
    with service.records.read() as session:
        breached = set(session.scalars(select(CaseEvent.case_id).where(CaseEvent.kind == "breach")))
    assert {story: case.state for story, case in found.items()} == {
        "filter-reminder": "resolved",
        "ozone-rumour": "resolved",
        "midnight-start": "resolved",
        "parcel-locker": "dismissed",
        "late-delivery": "acknowledged",
        "sharp-edge": "responding",
    }
    handled = found["filter-reminder"]
    assert handled.resolved_at is not None
    assert handled.resolved_at < handled.resolution_due_at
    assert handled.outcome["lesson"]
    assert breached == {found["midnight-start"].id}
    left = found["late-delivery"].resolution_due_at - started
    assert timedelta(hours=1, minutes=30) < left < timedelta(hours=2, minutes=30)


def test_nothing_of_its_past_is_dated_later_than_its_start(service: Service) -> None:
    started = sample_started_at(service.records)
    with service.records.read() as session:
        times = [
            *session.scalars(select(CaseEvent.at)),
            *session.scalars(select(OutboxMessage.sent_at)),
            *session.scalars(select(MessageUse.at)),
            *session.scalars(select(Asset.updated_at)),
            *session.scalars(select(AuditEvent.at)),
        ]
    assert times
    assert all(at is not None and at <= started for at in times)


def test_its_mails_went_into_the_folder_whatever_server_is_set(service: Service) -> None:
    with service.records.read() as session:
        mails = session.scalars(select(OutboxMessage)).all()
    kept = {path.name for path in service.workspace.mail.glob("*.eml")}
    assert mails
    assert all(mail.state == "sent" and mail.location in kept for mail in mails)


def test_approved_messages_were_used_in_its_cases(service: Service) -> None:
    with service.records.read() as session:
        used = session.scalars(select(MessageUse)).all()
        states = {session.get_one(Asset, use.asset_id).state for use in used}
    assert len(used) >= 4
    assert states == {"published"}


def test_its_files_are_reviewed_as_the_worker_reads_them(service: Service) -> None:
    step = settling_step(service)
    while process_due(service.records, service.files, service.clock, service.ids, limit=5):
        settling_step(service)()  # a worker that was killed and started again
    step()
    again = states(service)
    with service.records.write() as session:
        asset = planned_asset(session, "store")
        library.restore(session, asset.id, asset.version, actor=ADMIN, clock=CLOCK)
    settling_step(service)()
    with service.records.read() as session:
        assert planned_asset(session, "store").state == "published"
        versions = session.scalars(
            select(AssetVersion.state)
            .where(AssetVersion.asset_id == planned_asset(session, "vi-manual").id)
            .order_by(AssetVersion.number)
        ).all()
        faults = session.scalars(select(AssetVersion.fault)).all()
        published = session.scalars(select(Asset.published_at)).all()
    started = sample_started_at(service.records)
    others = {"draft": 2, "in_review": 2, "rejected": 1, "recalled": 1}
    planned = len(planned_files()) + len(planned_messages())
    assert again == {"published": planned - sum(others.values())} | others
    assert versions == ["superseded", "published"]
    assert set(faults) == {None}
    weeks = {(started - at).days // 7 for at in published if at is not None}
    assert len(weeks) >= 6, "the library grew over the weeks"


def states(service: Service) -> dict[str, int]:
    with service.records.read() as session:
        return dict(Counter(session.scalars(select(Asset.state))))
