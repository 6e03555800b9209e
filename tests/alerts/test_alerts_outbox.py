"""Mails reach people at least once, as the same mail, or are given up loudly."""

import multiprocessing
import signal
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from alerts_desk import START, Desk
from record_databases import on_both_engines
from sqlalchemy.orm import Session

from alerts.channels.channel import DeliveryFailed
from alerts.channels.eml import EmlFolder
from alerts.mail import CaseMail
from alerts.outbox import DeliveryCount, deliver_due, enqueue, retry, retry_delay
from core.clock import FixedClock
from core.errors import NotFound
from storage.records import Records
from storage.records.cases import Case, OutboxMessage


class Postman:
    """A channel that fails as told, and keeps what it took."""

    def __init__(self, *failures: Exception) -> None:
        self.failures = list(failures)
        self.taken: list[EmailMessage] = []

    def send(self, message: EmailMessage, key: str) -> str:
        if self.failures:
            raise self.failures.pop(0)
        self.taken.append(message)
        return f"postman/{key}"


def mail(clock: FixedClock) -> CaseMail:
    return CaseMail("https://pr.example.cn", ZoneInfo("Asia/Shanghai"), "k", "pr@x.cn", clock)


def deliver(desk: Desk, channel: Postman) -> DeliveryCount:
    return deliver_due(desk.records, channel, desk.clock, mail(desk.clock))


def test_a_mail_is_sent_once_and_the_case_knows(desk: Desk) -> None:
    case, postman = desk.open_case(), Postman()
    assert deliver(desk, postman) == DeliveryCount(sent=1)
    assert deliver(desk, postman) == DeliveryCount()
    (row,) = desk.outbox()
    assert (row.state, row.sent_at, row.attempts) == ("sent", START, 1)
    assert row.location == f"postman/{row.id}"
    assert row.subject == postman.taken[0]["Subject"]
    assert postman.taken[0]["Message-ID"] == row.message_id
    assert desk.event_keys(case.id) == ["opened", f"mail_sent:{row.id}"]


def test_one_row_a_recipient_and_event(desk: Desk) -> None:
    case = desk.open_case()
    with desk.records.write() as session:
        people = ["pr@example.cn", "boss@example.cn"]
        told = {"kind": "opened", "event": "opened", "recipients": people}
        assert enqueue(session, case, now=START, ids=desk.ids, **told) == 1
        assert enqueue(session, case, now=START, ids=desk.ids, **told) == 0
    assert len({row.message_id for row in desk.outbox()}) == 2


def test_failures_back_off_and_then_succeed_as_the_same_mail(desk: Desk) -> None:
    desk.open_case()
    postman = Postman(DeliveryFailed("421 busy"), OSError("connection reset"))
    assert deliver(desk, postman) == DeliveryCount(retried=1)
    (row,) = desk.outbox()
    assert (row.state, row.last_error) == ("waiting", "421 busy")
    assert row.next_due_at == START + timedelta(minutes=1)
    assert deliver(desk, postman) == DeliveryCount()
    desk.later(minutes=1)
    assert deliver(desk, postman) == DeliveryCount(retried=1)
    desk.later(minutes=2)
    assert deliver(desk, postman) == DeliveryCount(sent=1)
    assert postman.taken[0]["Message-ID"] == row.message_id
    assert desk.outbox()[0].last_error is None


def test_the_wait_doubles_up_to_an_hour() -> None:
    minutes = [retry_delay(n).total_seconds() / 60 for n in range(1, 13)]
    assert minutes == [1, 2, 4, 8, 16, 32, 60, 60, 60, 60, 60, 60]


def test_twelve_failures_give_up_loudly(desk: Desk) -> None:
    case = desk.open_case()
    postman = Postman(*[DeliveryFailed("no route")] * 20)
    counts = []
    for _ in range(12):
        counts.append(deliver(desk, postman))
        desk.later(hours=1)
    assert counts[-1] == DeliveryCount(failed=1)
    assert deliver(desk, postman) == DeliveryCount()
    (row,) = desk.outbox()
    assert (row.state, row.attempts) == ("failed", 12)
    event = desk.events(case.id)[-1]
    assert (event.kind, event.payload["error"]) == ("mail_failed", "no route")


def test_a_day_of_failures_gives_up(desk: Desk) -> None:
    desk.open_case()
    postman = Postman(*[DeliveryFailed("no route")] * 3)
    assert deliver(desk, postman) == DeliveryCount(retried=1)
    desk.later(hours=23, minutes=59)
    assert deliver(desk, postman) == DeliveryCount(retried=1)
    desk.later(hours=1)
    assert deliver(desk, postman) == DeliveryCount(failed=1)
    (row,) = desk.outbox()
    assert (row.attempts, row.first_attempt_at) == (3, START)


def test_a_mail_first_tried_after_a_long_stop_has_its_whole_day(desk: Desk) -> None:
    desk.open_case()
    desk.later(days=2)
    postman = Postman(*[DeliveryFailed("no route")] * 2)
    assert deliver(desk, postman) == DeliveryCount(retried=1)
    desk.later(hours=23)
    assert deliver(desk, postman) == DeliveryCount(retried=1)


def test_a_mail_that_a_person_sends_again_has_its_whole_day_anew(desk: Desk) -> None:
    desk.open_case()
    postman = Postman(
        DeliveryFailed("no route"),
        DeliveryFailed("550 no such user", permanent=True),
        DeliveryFailed("no route"),
    )
    assert deliver(desk, postman) == DeliveryCount(retried=1)
    desk.later(days=3)
    assert deliver(desk, postman) == DeliveryCount(failed=1)
    (row,) = desk.outbox()
    with desk.records.write() as session:
        assert retry(session, row.id, desk.clock.now())
        assert not retry(session, row.id, desk.clock.now()), "it waits already"
        with pytest.raises(NotFound):
            retry(session, "mail_none", desk.clock.now())
    assert deliver(desk, postman) == DeliveryCount(retried=1)
    (row,) = desk.outbox()
    assert (row.state, row.attempts, row.first_attempt_at) == ("waiting", 1, desk.clock.now())
    desk.later(minutes=1)
    assert deliver(desk, postman) == DeliveryCount(sent=1)


def test_a_mail_that_waited_out_a_long_stop_is_still_tried(desk: Desk) -> None:
    desk.open_case()
    desk.later(days=2)
    assert deliver(desk, Postman()) == DeliveryCount(sent=1)


def test_a_permanent_refusal_fails_at_once(desk: Desk) -> None:
    desk.open_case()
    refused = DeliveryFailed("550 no such user", permanent=True)
    assert deliver(desk, Postman(refused)) == DeliveryCount(failed=1)


def test_one_broken_mail_does_not_hold_up_the_next(desk: Desk) -> None:
    case = desk.open_case()
    with desk.records.write() as session:
        people = ["b@example.cn", "c@example.cn"]
        enqueue(
            session,
            case,
            kind="opened",
            event="opened",
            recipients=people,
            now=START,
            ids=desk.ids,
        )

    def render(session: Session, row: OutboxMessage) -> EmailMessage:
        if row.recipient == "b@example.cn":
            raise KeyError("a field is missing")
        return mail(desk.clock)(session, row)

    count = deliver_due(desk.records, Postman(), desk.clock, render)
    assert count == DeliveryCount(sent=2, retried=1)


@on_both_engines
def test_a_worker_that_slept_cannot_mark_its_successors_mail(desk: Desk) -> None:
    desk.open_case()

    class Slow(Postman):
        def send(self, message: EmailMessage, key: str) -> str:
            with desk.records.write() as session:
                session.get_one(OutboxMessage, key).lease_fence += 1
            return super().send(message, key)

    assert deliver(desk, Slow()) == DeliveryCount(lost=1)
    assert desk.outbox()[0].state == "waiting"


def _deliver_in_a_process(address: str, folder: Path, fault: str) -> None:
    monkeypatch = pytest.MonkeyPatch()
    monkeypatch.setenv("SHENGYU_FAULT", fault)
    records, clock = Records.open(address), FixedClock(START)
    deliver_due(records, EmlFolder(folder), clock, mail(clock))


@on_both_engines
@pytest.mark.parametrize(
    "fault",
    ["outbox.after-claim", "outbox.before-send", "outbox.after-send", "outbox.after-mark"],
)
def test_a_kill_anywhere_ends_in_exactly_one_file(
    desk: Desk, records_address: str, tmp_path: Path, fault: str
) -> None:
    case, folder = desk.open_case(), tmp_path / "mail"
    context = multiprocessing.get_context("spawn")
    worker = context.Process(target=_deliver_in_a_process, args=(records_address, folder, fault))
    worker.start()
    worker.join(30)
    assert worker.exitcode == -signal.SIGKILL
    with desk.records.write() as session:
        session.query(OutboxMessage).update({"lease_until": None})
    deliver_due(desk.records, EmlFolder(folder), desk.clock, mail(desk.clock))
    (row,), (file,) = desk.outbox(), list(folder.iterdir())
    assert (file.name, row.state, row.location) == (f"{row.id}.eml", "sent", file.name)
    message = message_from_bytes(file.read_bytes(), policy=policy.default)
    assert message["Message-ID"] == row.message_id
    assert desk.event_keys(case.id) == ["opened", f"mail_sent:{row.id}"]


def test_a_folder_that_cannot_be_written_is_tried_again(desk: Desk, tmp_path: Path) -> None:
    desk.open_case()
    (tmp_path / "file").write_text("in the way")
    folder = EmlFolder(tmp_path / "file")
    count = deliver_due(desk.records, folder, desk.clock, mail(desk.clock))
    assert count == DeliveryCount(retried=1)


def test_a_case_without_recipients_is_opened_all_the_same(desk: Desk) -> None:
    with desk.records.write() as session:
        from storage.records.cases import Policy

        session.query(Policy).one().recipients = []
    case = desk.open_case()
    assert desk.outbox() == []
    with desk.records.read() as session:
        assert session.get_one(Case, case.id).state == "open"
