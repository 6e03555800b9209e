"""What people do with a case. Each action names the version it saw; a stale one is refused.

Every function runs in a write transaction and returns the changed case. They raise ``NotFound``,
``Conflict`` (somebody was quicker; the sentence says what they did) or ``InvalidInput`` (not in
this state, or a text is missing).
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Session

from alerts.clock import reset_next_due
from alerts.events import EventKind, record
from alerts.outbox import MESSAGE_HOST, enqueue
from alerts.states import ACKNOWLEDGING, ACTIVE, CLOSED, TRANSITIONS, Action, State
from alerts.words import ACTIONS, STATES, event_sentence, span_words
from core.clock import Clock
from core.errors import Conflict, InvalidInput, NotFound
from core.ids import Ids
from storage.records.accounts import User
from storage.records.cases import Case, CaseEvent

TEXT_LIMIT = 4_000
_EVENTS: dict[Action, EventKind] = {
    "acknowledge": "acknowledged",
    "take": "taken",
    "assign": "assigned",
    "respond": "responding",
    "note": "note",
    "resolve": "resolved",
    "dismiss": "dismissed",
    "reopen": "reopened",
}
# As many as anybody wants to read in an error.
_TOLD_CHANGES = 3


@dataclass(frozen=True)
class Actor:
    """Who acts. *id* is a user's, or None for somebody known only by a mail address or token."""

    id: str | None
    name: str


@dataclass(frozen=True)
class _Click:
    """What every action is given."""

    session: Session
    case_id: str
    version: int | None
    actor: Actor
    clock: Clock


def acknowledge(
    session: Session, case_id: str, expected_version: int, actor: Actor, clock: Clock
) -> Case:
    """Say that somebody has seen it: ends the response clock."""
    return _act(_Click(session, case_id, expected_version, actor, clock), "acknowledge")


def take(session: Session, case_id: str, expected_version: int, actor: Actor, clock: Clock) -> Case:
    """Become the owner, which acknowledges too. The actor must be a user."""
    if actor.id is None:
        raise InvalidInput("要先登录才能认领事件。")
    changes = {"owner_id": actor.id}
    return _act(_Click(session, case_id, expected_version, actor, clock), "take", changes=changes)


def assign(
    session: Session,
    case_id: str,
    expected_version: int,
    actor: Actor,
    clock: Clock,
    *,
    to_user_id: str,
    ids: Ids,
    message_host: str = MESSAGE_HOST,
) -> Case:
    """Make another user the owner and mail them, if they have an address."""
    owner = session.get(User, to_user_id)
    if owner is None or owner.disabled_at is not None:
        raise InvalidInput("找不到这位同事，或者账号已停用，请另选一位。", "to_user_id")
    case = _act(
        _Click(session, case_id, expected_version, actor, clock),
        "assign",
        changes={"owner_id": owner.id},
        payload={"to": owner.display_name, "to_id": owner.id},
    )
    if owner.email and owner.id != actor.id:
        enqueue(
            session,
            case,
            kind="assigned",
            event=f"assigned:{case.version}",
            recipients=[owner.email],
            now=clock.now(),
            ids=ids,
            message_host=message_host,
        )
    return case


def respond(
    session: Session, case_id: str, expected_version: int, actor: Actor, clock: Clock
) -> Case:
    """Say that an answer is being given; acknowledges too."""
    return _act(_Click(session, case_id, expected_version, actor, clock), "respond")


def add_note(
    session: Session,
    case_id: str,
    expected_version: int | None,
    actor: Actor,
    clock: Clock,
    *,
    text: str,
) -> Case:
    """Write something into the timeline. With *expected_version* None nothing can be stale."""
    payload = {"text": _required(text, "text", "备注还是空的，请写点什么。")}
    return _act(_Click(session, case_id, expected_version, actor, clock), "note", payload=payload)


def resolve(
    session: Session,
    case_id: str,
    expected_version: int,
    actor: Actor,
    clock: Clock,
    *,
    cause: str,
    outcome: str,
    lesson: str = "",
) -> Case:
    """Close a case that was handled: why it happened, what came of it, what to learn."""
    told = {
        "cause": _required(cause, "cause", "请写明原因，再办结。"),
        "outcome": _required(outcome, "outcome", "请写明处理结果，再办结。"),
        "lesson": _optional(lesson, "lesson"),
    }
    return _close(_Click(session, case_id, expected_version, actor, clock), "resolve", told)


def dismiss(
    session: Session,
    case_id: str,
    expected_version: int,
    actor: Actor,
    clock: Clock,
    *,
    reason: str,
) -> Case:
    """Close a case that needs no handling, such as a wrong judgement."""
    told = {"reason": _required(reason, "reason", "请写明为什么不用处理，再排除。")}
    return _close(_Click(session, case_id, expected_version, actor, clock), "dismiss", told)


def reopen(
    session: Session,
    case_id: str,
    expected_version: int,
    actor: Actor,
    clock: Clock,
    *,
    reason: str = "",
) -> Case:
    """Open a closed case again. Its clock continues: the deadlines stay what they were."""
    return _act(
        _Click(session, case_id, expected_version, actor, clock),
        "reopen",
        changes={"resolved_at": None, "outcome": {}},
        payload={"reason": _optional(reason, "reason")},
    )


def _close(click: _Click, action: Action, told: dict[str, str]) -> Case:
    changes = {"resolved_at": click.clock.now(), "outcome": {"v": 1, **told}}
    return _act(click, action, changes=changes, payload=told)


def _act(
    click: _Click,
    action: Action,
    *,
    changes: dict[str, Any] | None = None,
    payload: dict[str, Any] | None = None,
) -> Case:
    session, now = click.session, click.clock.now()
    case = session.get(Case, click.case_id, populate_existing=True, with_for_update=True)
    if case is None:
        raise NotFound("没有这个事件，请回到事件列表。")
    version = case.version if click.version is None else click.version
    if case.version != version:
        raise Conflict(_what_changed(session, case, version, now))
    values: dict[str, Any] = {"state": _next_state(case, action), **(changes or {})}
    told = dict(payload or {})
    if action in ACKNOWLEDGING and case.acknowledged_at is None:
        values["acknowledged_at"] = now
        told["response_s"] = int((now - case.detected_at).total_seconds())
    _compare_and_set(session, case, version, values, now)
    record(
        session,
        case.id,
        now,
        _EVENTS[action],
        f"{_EVENTS[action]}:{case.version}",
        actor_id=click.actor.id,
        actor_name=click.actor.name,
        version=case.version,
        **told,
    )
    reset_next_due(session, case)
    return case


def _next_state(case: Case, action: Action) -> State:
    moves = TRANSITIONS[action]
    if case.state in moves:
        return moves[case.state]  # type: ignore[index]  # the column holds nothing else
    what, state = ACTIONS[action], STATES[case.state]
    if action == "acknowledge" and case.state in ACTIVE:
        raise InvalidInput(f"这个事件{state}，不用再{what}。")
    hint = "请先重新打开它。" if case.state in CLOSED else "它还没有关闭。"
    raise InvalidInput(f"这个事件{state}，不能{what}。{hint}")


def _compare_and_set(
    session: Session, case: Case, version: int, values: dict[str, Any], now: datetime
) -> None:
    result = session.execute(
        update(Case)
        .where(Case.id == case.id, Case.version == version)
        .values(version=version + 1, **values)
        .execution_options(synchronize_session=False)
    )
    session.refresh(case)
    assert isinstance(result, CursorResult)
    if result.rowcount != 1:
        raise Conflict(_what_changed(session, case, version, now))


def _what_changed(session: Session, case: Case, version: int, now: datetime) -> str:
    """Say who did what since *version*, the newest last."""
    events = session.scalars(
        select(CaseEvent)
        .where(CaseEvent.case_id == case.id, CaseEvent.kind.in_(_EVENTS.values()))
        .order_by(CaseEvent.id.desc())
        .limit(50)
    )
    since = [event for event in events if event.payload.get("version", 0) > version]
    told = [
        f"{span_words(now - event.at)}前，"
        f"{event_sentence(event.kind, event.payload, event.actor_name)}"
        for event in reversed(since[:_TOLD_CHANGES])
    ]
    what = "；".join(told) or "内容已更新"
    return f"这个事件刚被改过：{what}。请看过最新情况再操作。"


def _required(text: str, field: str, missing: str) -> str:
    value = _optional(text, field)
    if not value:
        raise InvalidInput(missing, field)
    return value


def _optional(text: str, field: str) -> str:
    value = text.strip()
    if len(value) > TEXT_LIMIT:
        raise InvalidInput(f"这里最多 {TEXT_LIMIT} 个字，现在有 {len(value)} 个。", field)
    return value
