"""What pages and REST ask about cases: lists by deadline, one case, its evidence, the figures."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import Session

from alerts.cursors import Position, joined_cursor, joined_position, next_cursor, position
from alerts.evidence import Evidence, read_evidence
from alerts.policy import PolicyRules, rules_of
from alerts.states import ACTIVE, CLOSED, STATES, Action, allowed_actions
from alerts.words import reason_sentence
from core.errors import InvalidInput, NotFound
from core.translation import Translate, untranslated
from storage.records.accounts import User
from storage.records.cases import Case, CaseMention
from storage.records.watch import Brand

# SQLite takes far more; other databases take 32,767 values a statement.
_IDS_A_QUERY = 1_000
_NO_CASE = "没有这个事件，请回到事件列表。"
_closed_last = case((Case.state.in_(ACTIVE), 0), else_=1)
_deadline = case(
    (Case.acknowledged_at.is_(None), Case.response_due_at), else_=Case.resolution_due_at
)
_deadline_open = case((Case.state.in_(ACTIVE), _deadline))
_closed_desc = case((Case.state.in_(CLOSED), Case.resolved_at)).desc()


_rows = (
    select(Case, Brand.name, User.display_name)
    .join(Brand, Brand.id == Case.brand_id)
    .outerjoin(User, User.id == Case.owner_id)
)


@dataclass(frozen=True)
class Named:
    """A brand or a person, as lists show them."""

    id: str
    name: str


@dataclass(frozen=True)
class CaseRow:
    """A case as lists show it. Times are aware UTC; *resolved_at* is when it closed either way.

    *deadline* is what people are working towards now: the first response until it is given, then
    the resolution; None once closed.
    """

    id: str
    title: str
    brand: Named
    state: str
    severity: str
    opened_at: datetime
    detected_at: datetime
    first_published_at: datetime
    response_due_at: datetime
    resolution_due_at: datetime
    acknowledged_at: datetime | None
    resolved_at: datetime | None
    owner: Named | None
    mention_count: int
    heat: int
    p_negative: float
    story_id: str
    version: int

    @property
    def deadline(self) -> datetime | None:
        """The next thing that is due, or None when nothing is."""
        if self.state in CLOSED:
            return None
        return self.resolution_due_at if self.acknowledged_at else self.response_due_at


@dataclass(frozen=True)
class CasePage:
    """One page of cases; *total* counts all that the filters let through."""

    items: list[CaseRow]
    next_cursor: str | None
    total: int


@dataclass(frozen=True)
class EvidencePage:
    """One page of a case's mentions; *total* counts all of them."""

    items: list[Evidence]
    next_cursor: str | None
    total: int


@dataclass(frozen=True)
class CaseDetail:
    """Everything about one case but its evidence and timeline.

    *reasons* say in words why it opened; *outcome* holds cause, outcome and lesson, or the reason
    it was dismissed for.
    """

    row: CaseRow
    reasons: list[str]
    rules: PolicyRules
    recipients: list[str]
    outcome: dict[str, Any]
    actions: tuple[Action, ...]
    text: str
    trace_id: str


@dataclass(frozen=True)
class OpenCounts:
    """Cases that are not closed, by what they need; *overdue* passed their current deadline."""

    total: int
    severe: int
    unacknowledged: int
    overdue: int
    by_state: dict[str, int]


def case_list(
    session: Session,
    *,
    states: Collection[str] | None = None,
    open_only: bool = False,
    brand_id: str | None = None,
    owner_id: str | None = None,
    q: str = "",
    limit: int = 50,
    cursor: str | None = None,
) -> CasePage:
    """Return a page of cases: open ones by deadline, then closed ones, the latest closed first.

    *q* is looked for in titles and texts. *limit* is 1…200. Raises ``InvalidInput`` for an unknown
    state, a wrong limit or a cursor that is not ours.
    """
    _check_limit(limit)
    filters = _filters(states, open_only, brand_id, owner_id, q)
    query = _rows.where(*filters).order_by(_closed_last, _deadline_open, _closed_desc, Case.id)
    if cursor is not None:
        query = query.where(_after(position(cursor)))
    found = [_row(*entry) for entry in session.execute(query.limit(limit + 1))]
    total = session.scalar(select(func.count()).select_from(Case).where(*filters)) or 0
    items = found[:limit]
    following = _position_of(items[-1]) if len(found) > limit else None
    return CasePage(items, next_cursor(following) if following else None, total)


def case_detail(session: Session, case_id: str, translate: Translate = untranslated) -> CaseDetail:
    """Return one case. Raises ``NotFound``."""
    entry = session.execute(_rows.where(Case.id == case_id)).first()
    if entry is None:
        raise NotFound(_NO_CASE)
    found: Case = entry[0]
    return CaseDetail(
        row=_row(*entry),
        reasons=[reason_sentence(rule, translate) for rule in found.reason["rules"]],
        rules=rules_of(found),
        recipients=list(found.recipients),
        outcome=dict(found.outcome),
        actions=allowed_actions(found.state),
        text=found.text,
        trace_id=found.trace_id,
    )


def evidence(session: Session, case_id: str, *, limit: int | None = None) -> list[Evidence]:
    """Return the case's mentions as they were when they joined, the hottest first."""
    rows = session.scalars(
        select(CaseMention)
        .where(CaseMention.case_id == case_id)
        .order_by(CaseMention.heat.desc(), CaseMention.published_at, CaseMention.mention_id)
        .limit(limit)
    )
    return [read_evidence(row) for row in rows]


def evidence_page(
    session: Session, case_id: str, *, limit: int = 50, cursor: str | None = None
) -> EvidencePage:
    """Return a page of the case's mentions as they were, in the order in which they joined.

    That order never changes, so that no mention is left out while others join or warm up. *limit*
    is 1…200. Raises ``NotFound``, and ``InvalidInput`` for a wrong limit or cursor.
    """
    _check_limit(limit)
    if session.get(Case, case_id) is None:
        raise NotFound(_NO_CASE)
    query = select(CaseMention).where(CaseMention.case_id == case_id)
    if cursor is not None:
        joined_at, mention_id = joined_position(cursor)
        query = query.where(
            or_(
                CaseMention.joined_at > joined_at,
                and_(CaseMention.joined_at == joined_at, CaseMention.mention_id > mention_id),
            )
        )
    ordered = query.order_by(CaseMention.joined_at, CaseMention.mention_id)
    rows = session.scalars(ordered.limit(limit + 1)).all()
    items = [read_evidence(row) for row in rows[:limit]]
    more = len(rows) > limit
    return EvidencePage(
        items,
        joined_cursor(items[-1].joined_at, items[-1].mention_id) if more else None,
        evidence_total(session, case_id),
    )


def evidence_total(session: Session, case_id: str) -> int:
    """Count the case's mentions."""
    query = select(func.count()).select_from(CaseMention).where(CaseMention.case_id == case_id)
    return session.scalar(query) or 0


def case_ids_of(session: Session, mention_ids: Sequence[str]) -> dict[str, list[str]]:
    """Return, for each mention that is in a case, the ids of its cases (one a brand)."""
    found: dict[str, list[str]] = {}
    for first in range(0, len(mention_ids), _IDS_A_QUERY):
        some = mention_ids[first : first + _IDS_A_QUERY]
        rows = session.execute(
            select(CaseMention.mention_id, CaseMention.case_id)
            .where(CaseMention.mention_id.in_(some))
            .order_by(CaseMention.mention_id, CaseMention.brand_id)
        )
        for mention_id, case_id in rows:
            found.setdefault(mention_id, []).append(case_id)
    return found


def open_counts(session: Session, now: datetime) -> OpenCounts:
    """Count the cases that are not closed; *now* (UTC) decides what is overdue."""
    rows = session.execute(
        select(Case.state, Case.severity, Case.acknowledged_at, _deadline.label("deadline")).where(
            Case.state.in_(ACTIVE)
        )
    ).all()
    by_state: dict[str, int] = {state: sum(row.state == state for row in rows) for state in ACTIVE}
    return OpenCounts(
        total=len(rows),
        severe=sum(row.severity == "severe" for row in rows),
        unacknowledged=sum(row.acknowledged_at is None for row in rows),
        overdue=sum(row.deadline <= now for row in rows),
        by_state=by_state,
    )


def handled_within_24h(session: Session, since: datetime, now: datetime) -> tuple[int, int]:
    """Return (closed in time, closed or overdue) of the cases detected from *since* on (UTC).

    In time means not after ``resolution_due_at``, 24 hours by default. Cases that are still within
    their time count in neither.
    """
    in_time = and_(Case.state.in_(CLOSED), Case.resolved_at <= Case.resolution_due_at)
    counted = or_(Case.state.in_(CLOSED), Case.resolution_due_at < now)
    row = session.execute(
        select(
            func.count().filter(in_time),
            func.count().filter(counted),
        )
        .select_from(Case)
        .where(Case.detected_at >= since)
    ).one()
    return row[0], row[1]


def _check_limit(limit: int) -> None:
    if not 1 <= limit <= 200:
        raise InvalidInput("limit 要在 1 和 200 之间。", "limit")


def _row(found: Case, brand_name: str, owner_name: str | None) -> CaseRow:
    return CaseRow(
        id=found.id,
        title=found.title,
        brand=Named(found.brand_id, brand_name),
        state=found.state,
        severity=found.severity,
        opened_at=found.opened_at,
        detected_at=found.detected_at,
        first_published_at=found.first_published_at,
        response_due_at=found.response_due_at,
        resolution_due_at=found.resolution_due_at,
        acknowledged_at=found.acknowledged_at,
        resolved_at=found.resolved_at,
        owner=Named(found.owner_id, owner_name or "") if found.owner_id else None,
        mention_count=found.mention_count,
        heat=found.heat,
        p_negative=found.p_negative,
        story_id=found.story_id,
        version=found.version,
    )


def _filters(
    states: Collection[str] | None,
    open_only: bool,
    brand_id: str | None,
    owner_id: str | None,
    q: str,
) -> list[ColumnElement[bool]]:
    unknown = sorted(set(states or ()) - set(STATES))
    if unknown:
        raise InvalidInput(f"没有 {unknown[0]} 这个状态；可选：{', '.join(STATES)}。", "state")
    filters: list[ColumnElement[bool]] = []
    if states:
        filters.append(Case.state.in_(states))
    if open_only:
        filters.append(Case.state.in_(ACTIVE))
    if brand_id is not None:
        filters.append(Case.brand_id == brand_id)
    if owner_id is not None:
        filters.append(Case.owner_id == owner_id)
    if q.strip():
        words = q.strip()
        filters.append(
            or_(
                Case.title.icontains(words, autoescape=True),
                Case.text.icontains(words, autoescape=True),
            )
        )
    return filters


def _position_of(row: CaseRow) -> Position:
    moment = row.deadline or row.resolved_at
    assert moment is not None, "a closed case has the time it closed"
    return Position(closed=row.state in CLOSED, moment=moment, id=row.id)


def _after(last: Position) -> ColumnElement[bool]:
    """What comes behind *last* in the order of the list."""
    if last.closed:
        later = or_(
            Case.resolved_at < last.moment,
            and_(Case.resolved_at == last.moment, Case.id > last.id),
        )
        return and_(Case.state.in_(CLOSED), later)
    later = or_(_deadline > last.moment, and_(_deadline == last.moment, Case.id > last.id))
    return or_(Case.state.in_(CLOSED), and_(Case.state.in_(ACTIVE), later))
