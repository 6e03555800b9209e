"""The figures at the head of a report, and the smaller ones beside its charts."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from alerts.kpi import Breach
from api.pages.i18n import _, pgettext, translate
from api.pages.parts import Tone
from api.pages.report_links import ReportLinks
from api.pages.report_words import count_before, length, rate, rate_before
from api.report import Report
from assets.words import KINDS

SHOWN_BREACHES: Final = 6
_SHOWN_MESSAGES: Final = 5


@dataclass(frozen=True)
class Headline:
    """A figure, the list that it counts, the period before, and what exactly it is."""

    name: str
    value: str
    note: str
    before: str
    href: str | None


@dataclass(frozen=True)
class Line:
    """A smaller figure with the list behind it."""

    name: str
    value: str
    before: str
    href: str | None
    tone: Tone = ""


@dataclass(frozen=True)
class BreachLine:
    """A missed deadline: *late* says which and by how much."""

    title: str
    href: str
    late: str
    owner: str
    running: bool


@dataclass(frozen=True)
class KindLine:
    """One kind of asset: how many are published, how many of them are new."""

    name: str
    stock: int
    stock_href: str | None
    new: int
    new_href: str | None


def headlines(report: Report, before: Report, *, is_now: bool) -> tuple[Headline, ...]:
    """Return the four figures; *is_now* says that the period reaches today."""
    links, cases, said = ReportLinks.of(report), report.figures, report.said
    used = sum(message.times for message in report.messages)
    return (
        Headline(
            _("24 小时处理率"),
            rate(cases.handled_rate),
            _("%(a)s / %(b)s 件按时", a=cases.in_time, b=cases.in_time + cases.late)
            if cases.handled_rate is not None
            else _("没有到期的事件"),
            rate_before(cases.handled_rate, before.figures.handled_rate),
            links.cases("due"),
        ),
        Headline(
            _("舆情正向率"),
            rate(said.positive_rate),
            _("正面 %(a)s，负面 %(b)s", a=f"{said.positive:,}", b=f"{said.negative:,}"),
            rate_before(said.positive_rate, before.said.positive_rate),
            links.mentions("positive") or "#brands",
        ),
        Headline(
            _("品牌资产沉淀量"),
            f"{report.growth.total:,}",
            _("本期新发布 %(n)s 件", n=f"{report.growth.added:,}"),
            count_before(report.growth.total, before.growth.total),
            links.stock() if is_now else links.assets(),
        ),
        Headline(
            _("使用话术"),
            f"{used:,}",
            _("%(n)s 条话术", n=len(report.messages)),
            count_before(used, sum(message.times for message in before.messages)),
            "#messages",
        ),
    )


def case_lines(report: Report, before: Report) -> tuple[Line, ...]:
    """Return how quickly cases were answered and closed, and how many were none."""
    links, now, past = ReportLinks.of(report), report.figures, before.figures
    spreads = (
        (_("首次响应 · 中位数"), now.response.median, past.response.median, "answered"),
        (_("首次响应 · 九成不超过"), now.response.p90, past.response.p90, "answered"),
        (_("办结 · 中位数"), now.resolution.median, past.resolution.median, "closed"),
        (_("办结 · 九成不超过"), now.resolution.p90, past.resolution.p90, "closed"),
    )
    found = [
        Line(name, length(value), length(old), links.cases(which))
        for name, value, old, which in spreads
    ]
    wrong, old_wrong = now.false_positive_rate, past.false_positive_rate
    return (
        *found,
        Line(_("误报率"), rate(wrong), rate(old_wrong), links.cases("dismissed")),
        Line(_("发现"), f"{now.total:,}", f"{past.total:,}", links.cases("all")),
        Line(_("未到期"), f"{now.not_due:,}", f"{past.not_due:,}", links.cases("not_due")),
        Line(
            _("还没有响应"),
            f"{now.unanswered:,}",
            f"{past.unanswered:,}",
            links.cases("unanswered"),
        ),
    )


def backlog_lines(report: Report) -> tuple[Line, ...]:
    """Return the open cases by age."""
    links = ReportLinks.of(report)
    names = (_("不到 1 天"), _("1–3 天"), _("3–7 天"), _("7 天以上"))
    tones: tuple[Tone, ...] = ("", "bad", "bad", "bad")
    return tuple(
        Line(name, f"{count:,}", "", links.cases(f"age_{place}"), tone if count else "")
        for place, (name, count, tone) in enumerate(
            zip(names, report.backlog.ages, tones, strict=True)
        )
    )


def breach_lines(breaches: Sequence[Breach]) -> list[BreachLine]:
    """Return the missed deadlines in words."""
    return [
        BreachLine(
            each.case.title,
            f"/cases/{each.case.id}",
            _late(each),
            each.case.owner,
            each.running,
        )
        for each in breaches
    ]


def kind_lines(report: Report, *, is_now: bool) -> tuple[KindLine, ...]:
    """Return the kinds of which anything is published."""
    links, grown = ReportLinks.of(report), report.growth
    return tuple(
        KindLine(
            translate(name),
            grown.stock.get(kind, 0),
            links.stock(kind) if is_now else None,
            grown.new.get(kind, 0),
            links.assets(kind) if grown.new.get(kind) else None,
        )
        for kind, name in KINDS.items()
        if grown.stock.get(kind) or grown.new.get(kind)
    )


def message_lines(report: Report) -> list[Line]:
    """Return the messages that were used most."""
    return [
        Line(
            message.title,
            _("%(n)s 次", n=message.times),
            _("%(n)s 个事件", n=message.cases),
            f"/messages/{message.asset_id}",
        )
        for message in report.messages[:_SHOWN_MESSAGES]
    ]


def _late(breach: Breach) -> str:
    name = _("首次响应") if breach.clock == "response" else pgettext("clock", "办结")
    if breach.running:
        return _("%(name)s已超时 %(n)s", name=name, n=length(breach.by))
    return _("%(name)s晚了 %(n)s", name=name, n=length(breach.by))
