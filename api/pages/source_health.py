"""How sources are, as the pages show it: a list, the card of Today, one source's visits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.pages.charts import Datum, Series, StackedChart, stacked
from api.pages.i18n import _
from api.pages.parts import Chip
from api.pages.source_bars import Bar, bars
from api.pages.source_words import advice, kind_name, span, state_chip, trouble
from api.pages.times import Moment, Times, in_words
from api.wiring import Service
from crawlers.health import DAYS, Health, State, health_of, runs_of
from storage.records.crawling import CrawlRun
from storage.records.watch import Source

_MOST_TROUBLED: Final = 4
_RUNS_SHOWN: Final = 30
_ORDER: Final[Sequence[State]] = (
    "failing",
    "silent",
    "duplicates",
    "waiting",
    "ok",
    "paused",
)


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
    next_visit: str
    interval: str
    latency: str
    usual_gap: str
    bars: tuple[Bar, ...]
    new_lately: int
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


@dataclass(frozen=True)
class RunLine:
    """One visit as a row of a table."""

    started: Moment
    took: str
    chip: Chip
    items: int
    new: int
    duplicates: int
    dropped: int
    pages: int
    failed_pages: int
    error: str
    hint: str
    trace_id: str


@dataclass(frozen=True)
class SourceDetail:
    """One source with its history."""

    line: SourceLine
    runs: tuple[RunLine, ...]
    chart: StackedChart


def source_lines(service: Service) -> tuple[SourceLine, ...]:
    """Return every source, those in trouble first."""
    times = Times(service.clock.now(), service.zone)
    with service.records.read() as session:
        rows = session.scalars(select(Source).order_by(Source.name)).all()
        health = health_of(session, rows, times.now, times.zone)
    lines = [source_line(row, health[row.id], times) for row in rows]
    return tuple(sorted(lines, key=lambda line: _ORDER.index(line.state)))


def source_detail(session: Session, source: Source, times: Times) -> SourceDetail:
    """Return one source with its newest visits."""
    health = health_of(session, [source], times.now, times.zone)[source.id]
    runs = runs_of(session, source.id, _RUNS_SHOWN)
    return SourceDetail(
        source_line(source, health, times),
        tuple(_run_line(run, times) for run in runs),
        _chart(health, times),
    )


def summary(lines: Sequence[SourceLine]) -> str:
    """Return the sources in one sentence: how many are how."""
    words = (
        ("ok", _("%(n)s 正常")),
        ("waiting", _("%(n)s 等待首次采集")),
        ("silent", _("%(n)s 静默")),
        ("duplicates", _("%(n)s 只有重复")),
        ("failing", _("%(n)s 失败")),
        ("paused", _("%(n)s 停用")),
    )
    counted = ((text, sum(line.state == state for line in lines)) for state, text in words)
    return " · ".join(text % {"n": number} for text, number in counted if number)


def health_card(service: Service) -> HealthCard:
    """Return the card of Today."""
    lines = source_lines(service)
    troubled = [line for line in lines if line.state in {"failing", "silent", "duplicates"}]
    return HealthCard(summary(lines), tuple(troubled[:_MOST_TROUBLED]), len(lines))


def source_line(source: Source, health: Health, times: Times) -> SourceLine:
    """Return one source as lists show it."""
    return SourceLine(
        id=source.id,
        name=source.name,
        url=source.url,
        kind=kind_name(source.kind),
        state=health.state,
        chip=state_chip(health.state, running=health.running),
        trouble=trouble(source, health),
        advice=advice(source, health),
        last_new=times.moment(source.last_new_at) if source.last_new_at else None,
        last_visit=times.moment(source.last_success_at) if source.last_success_at else None,
        next_visit=_next_visit(source, health, times),
        interval=in_words(timedelta(seconds=source.interval_s)),
        latency=span(health.latency_s) if health.latency_s is not None else "",
        usual_gap=span(health.usual_gap) if health.usual_gap else "",
        bars=bars(health.new_by_day),
        new_lately=sum(health.new_by_day),
        new_total=source.new_total,
        platform=source.platform,
        enabled=source.enabled,
        version=source.version,
    )


def _next_visit(source: Source, health: Health, times: Times) -> str:
    if not source.enabled:
        return ""
    if health.running:
        return _("正在采集")
    wait = source.next_due_at - times.now
    if wait <= timedelta(0):
        return _("马上采集")
    if wait < timedelta(days=1):
        return _("%(span)s后采集", span=span(wait))
    return _("%(at)s 采集", at=times.date_and_time(source.next_due_at))


def _run_line(run: CrawlRun, times: Times) -> RunLine:
    chips = {
        "running": Chip(_("采集中"), "act"),
        "ok": Chip(_("完成"), "good"),
        "not_modified": Chip(_("没有变化")),
        "error": Chip(_("失败"), "bad"),
        "lost": Chip(_("中断"), "soon"),
    }
    return RunLine(
        started=times.moment(run.started_at),
        took=span(run.ended_at - run.started_at) if run.ended_at else "—",
        chip=chips.get(run.status, Chip(run.status)),
        items=run.items,
        new=run.new,
        duplicates=run.duplicates,
        dropped=run.dropped,
        pages=run.pages,
        failed_pages=run.failed_pages,
        error=run.error or "",
        hint=run.hint or "",
        trace_id=run.trace_id,
    )


def _chart(health: Health, times: Times) -> StackedChart:
    data = []
    for at, number in enumerate(health.new_by_day):
        day = times.midnight(DAYS - 1 - at)
        label = f"{day:%m-%d}"
        data.append(
            Datum(label, _("%(day)s：新增 %(n)s 条", day=label, n=number), None, {"own": number})
        )
    return stacked(_("近 14 天新增"), [Series("own", _("新增"))], data, 110)
