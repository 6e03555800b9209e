"""Cases as the pages show them: rows of a list, chips of a state."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from alerts.queries import CaseRow
from alerts.states import CLOSED
from alerts.words import STATES
from api.pages.i18n import _, translate
from api.pages.naming import compact, platform_names
from api.pages.parts import Chip, Tone
from api.pages.times import Countdown, Moment, Times
from api.wiring import Service
from storage.records.cases import CaseMention

_TONES: Mapping[str, Tone] = {
    "open": "soon",
    "reopened": "soon",
    "acknowledged": "",
    "responding": "act",
}


@dataclass(frozen=True)
class CaseLine:
    """One case of a list. A closed one has no *clock* but the time it *closed*."""

    title: str
    href: str
    clock: Countdown | None
    clock_name: str
    closed: Moment | None
    meta: tuple[str, ...]
    severe: bool
    chip: Chip
    owner: str


def state_chip(row: CaseRow) -> Chip:
    """Return the state of a case; of a resolved one, whether it was in time."""
    if row.state == "resolved":
        in_time = row.resolved_at is not None and row.resolved_at <= row.resolution_due_at
        return Chip(_("按时办结"), "good") if in_time else Chip(_("超时办结"), "bad")
    return Chip(translate(STATES[row.state]), _TONES.get(row.state, ""))


def clock_name(row: CaseRow) -> str:
    """Return what the clock that runs now counts down to."""
    return _("处理时限") if row.acknowledged_at else _("首次响应")


def case_lines(service: Service, rows: Sequence[CaseRow]) -> tuple[CaseLine, ...]:
    """Return *rows* for a list, in their order."""
    times = Times(service.clock.now(), service.zone)
    platforms = _platforms(service, [row.id for row in rows])
    brands = {row.brand.name for row in rows}
    return tuple(
        CaseLine(
            title=row.title,
            href=f"/cases/{row.id}",
            clock=times.countdown(row.detected_at, row.deadline) if row.deadline else None,
            clock_name=clock_name(row),
            closed=times.moment(row.resolved_at)
            if row.state in CLOSED and row.resolved_at
            else None,
            meta=_meta(row, platforms.get(row.id, ""), several_brands=len(brands) > 1),
            severe=row.severity == "severe",
            chip=state_chip(row),
            owner=row.owner.name if row.owner else "",
        )
        for row in rows
    )


def _meta(row: CaseRow, platforms: str, *, several_brands: bool) -> tuple[str, ...]:
    told = [
        row.brand.name if several_brands else "",
        platforms,
        _("%(n)s 条同源", n=f"{row.mention_count:,}"),
        _("热度 %(n)s", n=compact(row.heat)) if row.heat else "",
    ]
    return tuple(part for part in told if part)


def _platforms(service: Service, case_ids: Sequence[str]) -> Mapping[str, str]:
    """Return case id → where it is told, the most frequent first, at most three."""
    platform = CaseMention.evidence["platform"].as_string()
    query = (
        select(CaseMention.case_id, platform, func.count().label("n"))
        .where(CaseMention.case_id.in_(case_ids))
        .group_by(CaseMention.case_id, platform)
        .order_by(func.count().desc(), platform)
    )
    with service.records.read() as session:
        rows = session.execute(query).all()
    names = platform_names(service.records)
    found: dict[str, list[str]] = {}
    for case_id, code, _count in rows:
        found.setdefault(case_id, []).append(names.get(code, code))
    return {case_id: " · ".join(list(dict.fromkeys(told))[:3]) for case_id, told in found.items()}
