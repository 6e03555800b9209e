"""The 24-hour clock: from a case to its warnings and breaches, each recorded once.

Both clocks run from ``detected_at``. Nothing but events is stored of them, and
``Case.next_due_at``, which tells the worker when to look again.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy.orm import Session

from alerts.events import record, recorded_clock_keys
from alerts.outbox import MESSAGE_HOST, enqueue, people_to_tell
from alerts.policy import PolicyRules, rules_of
from alerts.states import ACTIVE
from core.clock import Clock
from core.errors import LeaseLost, StorageError
from core.faults import fault_point
from core.ids import Ids
from core.log import logger
from storage.records import Records
from storage.records.cases import Case
from storage.records.lease import Lease, claim_due, settle

ClockName = Literal["response", "resolution"]
_LEASE = timedelta(minutes=2)
_log = logger("alerts")


@dataclass(frozen=True)
class ClockEvent:
    """A moment (UTC) at which a case reminds people; *share* of the span is gone by then."""

    at: datetime
    kind: Literal["warning", "breach"]
    clock: ClockName
    share: float

    @property
    def dedupe(self) -> str:
        """Key under which the event is recorded, once."""
        if self.kind == "breach":
            return f"breach:{self.clock}"
        return f"warning:{self.clock}:{round(self.share * 100)}"

    @property
    def urgency(self) -> tuple[bool, bool, float]:
        """Sorts by how much people must know it: breaches first, then the 24-hour clock."""
        return (self.kind == "breach", self.clock == "resolution", self.share)


def upcoming(case: Case, rules: PolicyRules, recorded: Collection[str]) -> list[ClockEvent]:
    """Return the events that *case* has not had (by the keys *recorded*), the earliest first.

    Response reminders end with the acknowledgement, all of them when the case closes.
    """
    if case.state not in ACTIVE:
        return []
    events = _of_clock("resolution", case.detected_at, case.resolution_due_at, rules)
    if case.acknowledged_at is None:
        events += _of_clock("response", case.detected_at, case.response_due_at, rules)
    return sorted(
        (event for event in events if event.dedupe not in recorded), key=lambda event: event.at
    )


def next_due_at(case: Case, rules: PolicyRules, recorded: Collection[str]) -> datetime | None:
    """Return when the worker must look at *case* again (UTC), or None if never."""
    events = upcoming(case, rules, recorded)
    return events[0].at if events else None


def reset_next_due(session: Session, case: Case) -> None:
    """Store the next due time after the state or a deadline of *case* changed."""
    case.next_due_at = next_due_at(case, rules_of(case), recorded_clock_keys(session, case.id))
    session.flush()


def run_due(
    records: Records,
    clock: Clock,
    ids: Ids,
    *,
    limit: int = 50,
    message_host: str = MESSAGE_HOST,
) -> int:
    """Record the warnings and breaches that are due and queue their mails; return how many cases.

    After a long sleep every missed event is recorded, but only the most urgent is mailed.
    """
    with records.write() as session:
        claims = claim_due(session, Case, clock.now(), lease=_LEASE, limit=limit)
    done = 0
    for claim in claims:
        try:
            with records.write() as session:
                _advance(session, claim, clock.now(), ids, message_host)
                fault_point("clock.before-commit")
        except LeaseLost as error:
            _log.warning("clock.lease_lost", case_id=claim.id, error=str(error))
            continue
        except StorageError:
            raise
        except Exception as error:  # noqa: BLE001 - one broken case must not stop the other clocks
            _log.error("clock.case_failed", case_id=claim.id, exc_info=error)
            continue
        fault_point("clock.after-commit")
        done += 1
    return done


def _advance(session: Session, claim: Lease, now: datetime, ids: Ids, message_host: str) -> None:
    case = session.get_one(Case, claim.id, with_for_update=True)
    rules, recorded = rules_of(case), recorded_clock_keys(session, case.id)
    due = [event for event in upcoming(case, rules, recorded) if event.at <= now]
    for event in due:
        record(
            session,
            case.id,
            event.at,
            event.kind,
            event.dedupe,
            clock=event.clock,
            share=event.share,
        )
    if due:
        urgent = max(due, key=lambda event: event.urgency)
        enqueue(
            session,
            case,
            kind=urgent.kind,
            event=urgent.dedupe,
            recipients=people_to_tell(session, case),
            now=now,
            ids=ids,
            message_host=message_host,
            clock=urgent.clock,
            share=urgent.share,
        )
    recorded |= {event.dedupe for event in due}
    settle(session, Case, claim, next_due_at=next_due_at(case, rules, recorded))


def _of_clock(
    name: ClockName, start: datetime, due: datetime, rules: PolicyRules
) -> list[ClockEvent]:
    warnings = [
        ClockEvent(start + (due - start) * share, "warning", name, share) for share in rules.warn_at
    ]
    return [*warnings, ClockEvent(due, "breach", name, 1.0)]
