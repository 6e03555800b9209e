"""How sources are: normal, waiting, silent, failing or paused."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from sqlalchemy import select

from api.pages.i18n import _
from api.pages.parts import Chip
from api.pages.times import Moment, Times, in_words
from api.wiring import Service
from storage.records.watch import Source

State = Literal["normal", "waiting", "silent", "failing", "paused"]
# Nothing new for this long, and for this many visits, is worth a look.
_SILENT_AFTER: Final = timedelta(hours=24)
_SILENT_VISITS: Final = 12
_MOST_TROUBLED: Final = 4


@dataclass(frozen=True)
class SourceLine:
    """One source of a list. *trouble* says what is wrong and *advice* what to do."""

    id: str
    name: str
    url: str
    kind: str
    state: State
    chip: Chip
    trouble: str
    advice: str
    last_new: Moment | None
    last_visit: Moment | None
    interval: str
    new_total: int
    platform: str
    enabled: bool
    version: int


@dataclass(frozen=True)
class HealthCard:
    """The sources in one sentence, and those that need a look."""

    summary: str
    troubled: tuple[SourceLine, ...]
    number: int


def source_lines(service: Service) -> tuple[SourceLine, ...]:
    """Return every source, those in trouble first."""
    times = Times(service.clock.now(), service.zone)
    with service.records.read() as session:
        rows = session.scalars(select(Source).order_by(Source.name)).all()
    order: Sequence[State] = ("failing", "silent", "waiting", "normal", "paused")
    lines = [source_line(row, times) for row in rows]
    return tuple(sorted(lines, key=lambda line: order.index(line.state)))


def health_card(service: Service) -> HealthCard:
    """Return the card of Today."""
    lines = source_lines(service)
    words = (
        ("normal", _("%(n)s 正常")),
        ("waiting", _("%(n)s 等待首次采集")),
        ("silent", _("%(n)s 静默")),
        ("failing", _("%(n)s 失败")),
        ("paused", _("%(n)s 停用")),
    )
    counted = ((text, sum(line.state == state for line in lines)) for state, text in words)
    summary = " · ".join(text % {"n": number} for text, number in counted if number)
    troubled = [line for line in lines if line.state in {"failing", "silent"}]
    return HealthCard(summary, tuple(troubled[:_MOST_TROUBLED]), len(lines))


def source_line(source: Source, times: Times) -> SourceLine:
    """Return one source as lists show it."""
    state = source_state(source, times.now)
    return SourceLine(
        id=source.id,
        name=source.name,
        url=source.url,
        kind=kind_name(source.kind),
        state=state,
        chip=_chip(state),
        trouble=_trouble(source, state, times),
        advice=source.last_hint or "",
        last_new=times.moment(source.last_new_at) if source.last_new_at else None,
        last_visit=times.moment(source.last_success_at) if source.last_success_at else None,
        interval=in_words(timedelta(seconds=source.interval_s)),
        new_total=source.new_total,
        platform=source.platform,
        enabled=source.enabled,
        version=source.version,
    )


def source_state(source: Source, now: datetime) -> State:
    """Say how *source* is at *now*."""
    if not source.enabled:
        return "paused"
    if source.failures:
        return "failing"
    if source.last_success_at is None:
        return "waiting"
    patience = max(_SILENT_AFTER, _SILENT_VISITS * timedelta(seconds=source.interval_s))
    since = source.last_new_at or source.created_at
    return "silent" if now - since > patience else "normal"


def kind_name(kind: str) -> str:
    """Return what a kind of source is called."""
    return {"feed": _("订阅源"), "listing": _("列表页")}.get(kind, kind)


def _chip(state: State) -> Chip:
    return {
        "normal": Chip(_("正常"), "good"),
        "waiting": Chip(_("等待首次采集"), "act"),
        "silent": Chip(_("静默"), "soon"),
        "failing": Chip(_("失败"), "bad"),
        "paused": Chip(_("停用")),
    }[state]


def _trouble(source: Source, state: State, times: Times) -> str:
    if state == "failing":
        return _("连续失败 %(n)s 次：%(why)s", n=source.failures, why=source.last_error or "—")
    if state == "silent":
        since = source.last_new_at or source.created_at
        return _("%(span)s 没有新内容", span=in_words(times.now - since))
    return ""
