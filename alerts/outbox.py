"""The outbox: mails committed with the event that causes them, then sent at least once.

The Message-ID is made with the row, so a mail that is sent again after a crash is the same mail.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from alerts.channels.channel import Channel, DeliveryFailed
from alerts.events import record
from core.clock import Clock
from core.errors import LeaseLost, NotFound
from core.faults import fault_point
from core.ids import Ids
from core.log import logger
from storage.records import Records
from storage.records.accounts import User
from storage.records.cases import Case, OutboxMessage
from storage.records.lease import Lease, claim_due, settle

Render = Callable[[Session, OutboxMessage], EmailMessage]

MESSAGE_HOST = "shengyu.invalid"
WAITING, SENT, FAILED = "waiting", "sent", "failed"
MAX_ATTEMPTS = 12
# Counted from the first attempt, so that a mail which waited out a long stop has its time too.
GIVE_UP_AFTER = timedelta(hours=24)
_FIRST_DELAY, _LONGEST_DELAY = timedelta(minutes=1), timedelta(hours=1)
# Longer than a mail server may take to answer every step of one mail.
_LEASE = timedelta(minutes=5)
_log = logger("alerts")


@dataclass(frozen=True)
class DeliveryCount:
    """What became of the mails that were due. *lost*: another worker took the row over."""

    sent: int = 0
    retried: int = 0
    failed: int = 0
    lost: int = 0

    def plus(self, outcome: str) -> "DeliveryCount":
        """Return the counts with one more of *outcome*."""
        return DeliveryCount(**{**self.__dict__, outcome: getattr(self, outcome) + 1})


def people_to_tell(session: Session, case: Case) -> list[str]:
    """Return the case's recipients and its owner's address, each once."""
    owner = session.get(User, case.owner_id) if case.owner_id else None
    address = owner.email if owner is not None and owner.disabled_at is None else None
    return list(dict.fromkeys([*case.recipients, *([address] if address else [])]))


def enqueue(
    session: Session,
    case: Case,
    *,
    kind: str,
    event: str,
    recipients: Iterable[str],
    now: datetime,
    ids: Ids,
    message_host: str = MESSAGE_HOST,
    **payload: Any,
) -> int:
    """Queue one mail for each recipient about *event* (its dedupe key); return how many are new."""
    added = 0
    for recipient in recipients:
        dedupe = f"{case.id}:{event}:{recipient}"
        known = select(OutboxMessage.id).where(OutboxMessage.dedupe == dedupe)
        if session.execute(known).first() is not None:
            continue
        mail_id = ids.new("mail")
        session.add(
            OutboxMessage(
                id=mail_id,
                message_id=f"<{mail_id}@{message_host}>",
                case_id=case.id,
                kind=kind,
                channel="mail",
                recipient=recipient,
                payload={"v": 1, "event": event, **payload},
                dedupe=dedupe,
                state=WAITING,
                created_at=now,
                next_due_at=now,
                trace_id=case.trace_id,
            )
        )
        added += 1
    session.flush()
    if not added:
        _log.warning("outbox.nobody_to_tell", case_id=case.id, outbox_event=event)
    return added


def deliver_due(
    records: Records, channel: Channel, clock: Clock, render: Render, *, limit: int = 100
) -> DeliveryCount:
    """Send up to *limit* mails that are due. Errors of one mail never stop the others."""
    count = DeliveryCount()
    for _ in range(limit):
        # One at a time: a slow server must not outlast the claims on the mails behind it.
        with records.write() as session:
            claims = claim_due(
                session,
                OutboxMessage,
                clock.now(),
                lease=_LEASE,
                limit=1,
                where=[OutboxMessage.state == WAITING],
            )
        if not claims:
            break
        fault_point("outbox.after-claim")
        count = count.plus(_deliver(records, channel, clock, render, claims[0]))
    return count


def _deliver(records: Records, channel: Channel, clock: Clock, render: Render, claim: Lease) -> str:
    try:
        try:
            with records.read() as session:
                row = session.get_one(OutboxMessage, claim.id)
                message = render(session, row)
            fault_point("outbox.before-send")
            location = channel.send(message, claim.id)
        except Exception as error:  # noqa: BLE001 - one broken mail must not hold up the rest
            return _mark_failure(records, claim, clock.now(), error)
        fault_point("outbox.after-send")
        _mark_sent(records, claim, clock.now(), str(message["Subject"]), location)
        fault_point("outbox.after-mark")
    except LeaseLost as error:
        _log.warning("outbox.lease_lost", mail_id=claim.id, error=str(error))
        return "lost"
    return "sent"


def _mark_sent(records: Records, claim: Lease, now: datetime, subject: str, location: str) -> None:
    with records.write() as session:
        row = session.get_one(OutboxMessage, claim.id)
        settle(
            session,
            OutboxMessage,
            claim,
            state=SENT,
            sent_at=now,
            subject=subject,
            location=location,
            attempts=row.attempts + 1,
            first_attempt_at=row.first_attempt_at or now,
            last_error=None,
        )
        _tell_case(session, row, now, "mail_sent")


def _mark_failure(records: Records, claim: Lease, now: datetime, error: Exception) -> str:
    permanent = isinstance(error, DeliveryFailed) and error.permanent
    with records.write() as session:
        row = session.get_one(OutboxMessage, claim.id)
        attempts = row.attempts + 1
        first_attempt_at = row.first_attempt_at or now
        late = now - first_attempt_at >= GIVE_UP_AFTER
        gives_up = permanent or late or attempts >= MAX_ATTEMPTS
        settle(
            session,
            OutboxMessage,
            claim,
            state=FAILED if gives_up else WAITING,
            attempts=attempts,
            first_attempt_at=first_attempt_at,
            next_due_at=now if gives_up else now + retry_delay(attempts),
            last_error=_reason(error),
        )
        if gives_up:
            _tell_case(session, row, now, "mail_failed", error=_reason(error))
        details = {"mail_id": row.id, "case_id": row.case_id, "trace_id": row.trace_id}
    if gives_up:
        _log.error("outbox.gave_up", attempts=attempts, exc_info=error, **details)
        return "failed"
    _log.warning("outbox.will_retry", attempts=attempts, error=_reason(error), **details)
    return "retried"


def retry(session: Session, mail_id: str, now: datetime) -> bool:
    """Put a mail that was given up back into the queue; return whether it was one.

    It has as many attempts and as much time again as a new mail. *session* must be in a write
    transaction. Raises ``NotFound``.
    """
    row = session.get(OutboxMessage, mail_id, with_for_update=True)
    if row is None:
        raise NotFound("没有这封邮件。")
    if row.state != FAILED:
        return False
    row.state, row.next_due_at = WAITING, now
    row.attempts, row.first_attempt_at = 0, None
    return True


def retry_delay(attempts: int) -> timedelta:
    """Return the wait after the *attempts*-th failure: 1, 2, 4 … minutes, at most an hour."""
    doublings = min(attempts - 1, 10)
    return min(_FIRST_DELAY * (1 << doublings), _LONGEST_DELAY)


def _tell_case(session: Session, row: OutboxMessage, now: datetime, kind: Any, **more: Any) -> None:
    if row.case_id is None:
        return
    payload = {"mail_id": row.id, "recipient": row.recipient, "mail_kind": row.kind, **more}
    record(session, row.case_id, now, kind, f"{kind}:{row.id}", **payload)


def _reason(error: Exception) -> str:
    return (str(error) or type(error).__name__)[:500]
