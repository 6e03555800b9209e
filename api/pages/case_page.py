"""Everything the page of one case shows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select

from alerts.queries import CaseDetail, CaseRow, case_detail, evidence
from alerts.states import CLOSED, Action
from alerts.timeline import TimelineEntry, timeline
from alerts.words import SEVERITIES
from api.auth.identity import SignedIn
from api.pages.case_evidence import EvidenceView, Spread, evidence_views, spread
from api.pages.case_view import state_chip
from api.pages.dialog_forms import DialogForms
from api.pages.i18n import _, translate
from api.pages.mention_query import MentionQuery
from api.pages.naming import platform_names
from api.pages.parts import Chip
from api.pages.times import Countdown, Times, in_words
from api.permissions import Permission, Role, may
from api.wiring import Service
from storage.records.accounts import User

_SHOWN_FIRST: Final = 3
_MOST_EVIDENCE: Final = 100
# What a case in each state needs next: the primary action, then the second on a phone.
_NEXT: Final[Mapping[str, tuple[Action, Action]]] = {
    "open": ("take", "assign"),
    "reopened": ("take", "assign"),
    "acknowledged": ("respond", "assign"),
    "responding": ("resolve", "assign"),
    "resolved": ("reopen", "reopen"),
    "dismissed": ("reopen", "reopen"),
}
# These ask for more than a click.
_ASKING: Final = frozenset({"assign", "resolve", "dismiss", "reopen"})


@dataclass(frozen=True)
class ActionButton:
    """One thing to do; *asks* says that a form opens first."""

    action: str
    name: str
    asks: bool


@dataclass(frozen=True)
class Step:
    """A line of the timeline; *day* is set where a new day begins."""

    time: str
    absolute: str
    iso: str
    sentence: str
    day: str


@dataclass(frozen=True)
class CasePageView:
    """One case, its evidence, its spread, its timeline and what may be done."""

    row: CaseRow
    detail: CaseDetail
    chips: tuple[Chip, ...]
    facts: tuple[str, ...]
    clock: Countdown | None
    response_clock: Countdown | None
    main: ActionButton | None
    second: ActionButton | None
    others: tuple[ActionButton, ...]
    may_act: bool
    evidence: tuple[EvidenceView, ...]
    more_evidence: tuple[EvidenceView, ...]
    list_href: str
    spread: Spread | None
    steps: tuple[Step, ...]
    people: tuple[tuple[str, str], ...]
    outcome: tuple[tuple[str, str], ...]


def case_page_view(
    service: Service, person: SignedIn, case_id: str, forms: DialogForms
) -> CasePageView:
    """Read a case for *person*. Raises ``NotFound``."""
    with service.records.read() as session:
        detail = case_detail(session, case_id, translate)
        found = evidence(session, case_id, limit=_MOST_EVIDENCE)
        entries = timeline(session, case_id, translate)
    row = detail.row
    times, names = Times(service.clock.now(), service.zone), platform_names(service.records)
    views = evidence_views(found, names, times)
    buttons = _buttons(detail, person)
    closed = row.state in CLOSED
    return CasePageView(
        row=row,
        detail=detail,
        chips=_chips(row),
        facts=_facts(row, times),
        clock=None if closed else times.countdown(row.detected_at, row.resolution_due_at),
        response_clock=None
        if closed or row.acknowledged_at
        else times.countdown(row.detected_at, row.response_due_at),
        main=buttons[0] if buttons else None,
        second=buttons[1] if len(buttons) > 1 else None,
        others=tuple(buttons[2:]),
        may_act=person.may(Permission.ACT_ON_CASES),
        evidence=views[:_SHOWN_FIRST],
        more_evidence=views[_SHOWN_FIRST:],
        list_href=MentionQuery(q=f"story:{row.story_id}").href,
        spread=spread(service, case_id, names, times),
        steps=_steps(entries, times),
        people=_people(service, row) if "assign" in detail.actions else (),
        outcome=_outcome(detail),
    )


def _buttons(detail: CaseDetail, person: SignedIn) -> list[ActionButton]:
    if not person.may(Permission.ACT_ON_CASES):
        return []
    row = detail.row
    mine = row.owner is not None and row.owner.id == person.id
    allowed = [action for action in detail.actions if action not in {"note", "acknowledge"}]
    if mine:
        allowed = [action for action in allowed if action != "take"]
    first = [action for action in dict.fromkeys(_NEXT[row.state]) if action in allowed]
    ordered = first + [action for action in allowed if action not in first]
    names: Mapping[str, str] = {
        "take": _("接手") if row.owner else _("认领"),
        "assign": _("转交…"),
        "respond": _("开始回应"),
        "resolve": _("办结…"),
        "dismiss": _("排除…"),
        "reopen": _("重新打开…"),
    }
    return [ActionButton(action, names[action], action in _ASKING) for action in ordered]


def _chips(row: CaseRow) -> tuple[Chip, ...]:
    severe = [Chip(translate(SEVERITIES["severe"]), "bad")] if row.severity == "severe" else []
    return (Chip(_("负面 %(p)s", p=f"{row.p_negative:.2f}"), "bad"), *severe, state_chip(row))


def _facts(row: CaseRow, times: Times) -> tuple[str, ...]:
    allowed = in_words(row.response_due_at - row.detected_at)
    took = row.acknowledged_at - row.detected_at if row.acknowledged_at else None
    delay = row.detected_at - row.first_published_at
    return (
        row.brand.name,
        _("首次响应 %(took)s / %(allowed)s", took=in_words(took), allowed=allowed)
        if took is not None
        else _("首次响应限 %(allowed)s", allowed=allowed),
        _(
            "发现于 %(at)s，发布后 %(delay)s",
            at=times.date_and_time(row.detected_at),
            delay=in_words(delay),
        ),
    )


def _steps(entries: Sequence[TimelineEntry], times: Times) -> tuple[Step, ...]:
    steps, day = [], times.day(times.now)
    for entry in entries:
        moment, its_day = times.moment(entry.at), times.day(entry.at)
        steps.append(
            Step(
                times.time_of_day(entry.at),
                moment.absolute,
                moment.iso,
                entry.sentence,
                its_day if its_day != day else "",
            )
        )
        day = its_day
    return tuple(steps)


def _people(service: Service, row: CaseRow) -> tuple[tuple[str, str], ...]:
    """Who a case may be given to: those who may act on it and do not have it yet."""
    with service.records.read() as session:
        users = session.scalars(
            select(User).where(User.disabled_at.is_(None)).order_by(User.display_name)
        ).all()
    owner = row.owner.id if row.owner else None
    return tuple(
        (user.id, user.display_name)
        for user in users
        if user.id != owner and may(Role(user.role), Permission.ACT_ON_CASES)
    )


def _outcome(detail: CaseDetail) -> tuple[tuple[str, str], ...]:
    names = {
        "cause": _("原因"),
        "outcome": _("处理结果"),
        "lesson": _("教训"),
        "reason": _("排除的理由"),
    }
    told = detail.outcome
    return tuple((name, str(told[code])) for code, name in names.items() if told.get(code))
