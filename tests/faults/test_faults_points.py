"""SIGKILL at every named point between spool and mail: each thing is there exactly once."""

import signal
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from api.wiring import Service
from core.clock import SystemClock
from core.faults import POINTS
from core.ids import Ids
from crawlers.raw import Batch, BatchHead, RawMention
from storage.mentions import Engagement
from storage.records.cases import Case, CaseEvent, CaseMention, OutboxMessage
from storage.records.stories import StoryMember
from storage.records.watch import BatchReceipt
from storage.search import Selection
from tests.faults.conftest import RECIPIENTS, Mailbox
from tests.faults.processes import Installation, wait_until

COMPLAINT = (
    "星澜净化器起火冒烟，客服推诿不处理，太失望了，质量太差，垃圾产品，骗子公司，要求退货投诉到底！"
)
CHATTER = (
    "星澜科技今天在江城开了第三家门店，地点在中山路。",
    "有人用过星澜的扫地机吗，想问问尺寸。",
)

pytestmark = pytest.mark.faults


def batch() -> Batch:
    """Two copies of a complaint, seen over an hour ago so that a warning is due, and chatter."""
    now = SystemClock().now()
    seen = now - timedelta(minutes=65)
    complaint = RawMention(
        platform="forum",
        text=COMPLAINT,
        detected_at=seen,
        native_id="1",
        engagement=Engagement(likes=900, comments=300),
    )
    mentions = [complaint, replace(complaint, native_id="2", text=f"转发：{COMPLAINT}")]
    mentions += [
        RawMention(platform="forum", text=text, detected_at=seen, native_id=f"c{number}")
        for number, text in enumerate(CHATTER)
    ]
    head = BatchHead(id=Ids().new("batch"), trace_id="trace_test", fetched_at=seen)
    return Batch(head, tuple(mentions))


def count(service: Service, table: type) -> int:
    with service.records.read() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def everything_done(service: Service) -> bool:
    """The spool is empty, the warning has fired and no mail waits."""
    if service.spool.pending() or not count(service, BatchReceipt):
        return False
    with service.records.read() as session:
        waiting = session.scalar(
            select(func.count()).select_from(OutboxMessage).where(OutboxMessage.state != "sent")
        )
        warned = session.scalar(
            select(func.count()).select_from(CaseEvent).where(CaseEvent.kind == "warning")
        )
    return waiting == 0 and bool(warned or _breached(service))


def _breached(service: Service) -> bool:
    with service.records.read() as session:
        return bool(session.scalar(select(CaseEvent.id).where(CaseEvent.kind == "breach").limit(1)))


@pytest.mark.parametrize(
    "point", [p for p in POINTS if not p.startswith(("spool.", "library.", "upload.", "marks."))]
)
def test_a_worker_killed_there_loses_and_doubles_nothing(
    point: str, service: Service, installation: Installation, mailbox: tuple[Mailbox, int]
) -> None:
    service.spool.put(batch())
    killed = installation.start("work", fault=point)
    assert killed.wait(60) == -signal.SIGKILL, installation.log()

    installation.start("work")
    wait_until(lambda: everything_done(service), 60, f"the work after a kill at {point}")

    assert service.index.count(Selection()) == 4
    assert count(service, StoryMember) == 4
    assert count(service, Case) == 1
    assert count(service, CaseMention) == 2
    assert count(service, BatchReceipt) == 1
    with service.records.read() as session:
        receipt = session.scalars(select(BatchReceipt)).one()
        case = session.scalars(select(Case)).one()
        rows = session.scalars(select(OutboxMessage)).all()
    assert (receipt.read, receipt.new, receipt.duplicate) == (4, 4, 0)
    assert case.mention_count == 2
    assert case.heat == 2 * 1200
    assert len(rows) == len({row.dedupe for row in rows})
    assert {row.recipient for row in rows} == set(RECIPIENTS)
    received = mailbox[0].received
    assert set(received) == {(row.recipient, row.message_id) for row in rows}
    twice = [key for key, times in received.items() if times > 1]
    assert len(twice) <= (1 if point == "outbox.after-send" else 0)
    assert max(received.values()) <= 2


@pytest.mark.parametrize("point", [p for p in POINTS if p.startswith("spool.")])
def test_an_import_killed_there_may_be_run_again(
    point: str,
    service: Service,
    installation: Installation,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    file = tmp_path_factory.mktemp("import") / "lines.jsonl"
    lines = [f'{{"platform":"p","native_id":"{n}","text":"星澜第{n}条"}}' for n in range(40)]
    file.write_text("\n".join(lines), encoding="utf-8")
    killed = installation.start("import", str(file), fault=point)
    assert killed.wait(60) == -signal.SIGKILL, installation.log()
    assert service.index.count(Selection()) == 0

    counts = installation.run_import(file)

    assert counts["read"] == 40
    assert counts["new"] + counts["duplicate"] == 40
    assert service.index.count(Selection()) == 40
    assert not service.spool.pending()
