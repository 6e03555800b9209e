"""/reports/cases and /reports/assets: the lists that the figures of a report count."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Request
from starlette.responses import HTMLResponse

from alerts.kpi import CaseTimes, backlog_place, breaches, handling
from alerts.kpi_records import cases_detected, open_cases
from alerts.words import STATES
from api.auth.identity import SignedIn
from api.doors import require_page, service
from api.pages.i18n import _, translate
from api.pages.parts import Chip
from api.pages.render import page
from api.pages.report_asked import Asked, read_asked
from api.pages.report_words import length
from api.pages.times import Moment, Times
from api.permissions import Permission
from api.wiring import Service
from assets.growth import asset_lives, new_in
from assets.words import KINDS
from core.errors import NotFound

router = APIRouter(prefix="/reports", include_in_schema=False)
Opened = Annotated[Service, Depends(service)]
Reader = Annotated[SignedIn, Depends(require_page(Permission.READ_REPORTS))]
Test = Callable[[CaseTimes, datetime], bool]

_TESTS: Final[dict[str, Test]] = {
    "all": lambda case, now: True,
    "due": lambda case, now: handling(case, now) != "not_due",
    "in_time": lambda case, now: handling(case, now) == "in_time",
    "late": lambda case, now: handling(case, now) == "late",
    "not_due": lambda case, now: handling(case, now) == "not_due",
    "answered": lambda case, now: case.response is not None,
    "unanswered": lambda case, now: case.response is None,
    "closed": lambda case, now: case.closed_at is not None,
    "dismissed": lambda case, now: case.closed_at is not None and case.state == "dismissed",
    "breached": lambda case, now: bool(breaches(case, now)),
}
# Open cases by age, whenever they were detected; the place of the age is in the name.
_AGES: Final = ("age_0", "age_1", "age_2", "age_3")


@dataclass(frozen=True)
class CaseLine:
    """One case with what the figures are made of."""

    title: str
    href: str
    brand: str
    owner: str
    detected: Moment
    response: str
    resolution: str
    chip: Chip


@router.get("/cases")
def report_cases(
    request: Request, opened: Opened, person: Reader, which: str = "all"
) -> HTMLResponse:
    """List the cases behind a figure, the latest first."""
    asked = read_asked(opened, request.query_params)
    asked.demand_dates()
    if which not in _TESTS and which not in _AGES:
        raise NotFound(_("没有这个列表。请从报告页进入。"))
    now = opened.clock.now()
    found = _cases(opened, asked, which, now)
    times = Times(now, opened.zone)
    return page(
        request,
        opened,
        person,
        "report_cases.html",
        room="reports",
        title=_titles()[which],
        asked=asked,
        is_backlog=which in _AGES,
        lines=[_line(case, now, times) for case in reversed(found)],
    )


@router.get("/assets")
def report_assets(request: Request, opened: Opened, person: Reader, kind: str = "") -> HTMLResponse:
    """List the assets that were first published in the period, the newest first."""
    asked = read_asked(opened, request.query_params)
    asked.demand_dates()
    with opened.records.read() as session:
        lives = asset_lives(session, asked.brand or None)
    found = new_in(lives, asked.period.after, asked.period.before)
    times = Times(opened.clock.now(), opened.zone)
    lines = [
        (life, translate(KINDS.get(life.kind, life.kind)), times.moment(life.first_published))
        for life in found
        if life.first_published and kind in {"", life.kind}
    ]
    return page(
        request, opened, person, "report_assets.html", room="reports", asked=asked, lines=lines
    )


def _cases(opened: Service, asked: Asked, which: str, now: datetime) -> list[CaseTimes]:
    brand = asked.brand or None
    with opened.records.read() as session:
        if which in _AGES:
            place = _AGES.index(which)
            return [
                case
                for case in open_cases(session, brand)
                if backlog_place(now - case.detected_at) == place
            ]
        cases = cases_detected(session, asked.period.after, asked.period.before, brand)
    return [case for case in cases if _TESTS[which](case, now)]


def _line(case: CaseTimes, now: datetime, times: Times) -> CaseLine:
    handled = handling(case, now)
    chips = {
        "in_time": Chip(_("24 小时内"), "good"),
        "late": Chip(_("超过 24 小时"), "bad"),
        "not_due": Chip(translate(STATES.get(case.state, case.state))),
    }
    return CaseLine(
        case.title,
        f"/cases/{case.id}",
        case.brand,
        case.owner,
        times.moment(case.detected_at),
        length(case.response),
        length(case.resolution),
        chips[handled],
    )


def _titles() -> dict[str, str]:
    return {
        "all": _("本期发现的事件"),
        "due": _("已关闭或已满 24 小时的事件"),
        "in_time": _("24 小时内办结的事件"),
        "late": _("超过 24 小时的事件"),
        "not_due": _("未到期的事件"),
        "answered": _("已有首次响应的事件"),
        "unanswered": _("还没有响应的事件"),
        "closed": _("已关闭的事件"),
        "dismissed": _("被排除的事件"),
        "breached": _("超时的事件"),
        "age_0": _("积压不到 1 天的事件"),
        "age_1": _("积压 1–3 天的事件"),
        "age_2": _("积压 3–7 天的事件"),
        "age_3": _("积压 7 天以上的事件"),
    }
