"""The charts of a report, each with the sentence that says what is to be seen."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from alerts.kpi import Handling, handling
from api.pages.charts import Datum, Series, StackedChart, stacked
from api.pages.i18n import _
from api.pages.report_links import ReportLinks
from api.pages.report_words import rate
from api.report import Report, Said
from storage.mentions import Label

# Longer periods are shown by weeks: ninety columns say less than thirteen.
_MOST_DAYS: Final = 31
_TONES: Final[dict[Handling, str]] = {
    "in_time": "positive",
    "late": "negative",
    "not_due": "neutral",
}


@dataclass(frozen=True)
class Told:
    """A chart and what is to be seen in it; no chart where there is nothing to draw."""

    chart: StackedChart | None
    says: str


@dataclass(frozen=True)
class _Span:
    first: date
    last: date

    @property
    def label(self) -> str:
        return f"{self.first:%m-%d}"

    @property
    def name(self) -> str:
        if self.first == self.last:
            return f"{self.first:%m-%d}"
        return _("%(a)s 至 %(b)s", a=f"{self.first:%m-%d}", b=f"{self.last:%m-%d}")


def handling_chart(report: Report, now: datetime) -> Told:
    """Show the cases by the day or week they were detected, and how they were handled."""
    cases = report.cases
    if not cases:
        return Told(None, "")
    links, zone = ReportLinks.of(report), report.period.zone
    data = []
    for span in _spans(report):
        inside = [case for case in cases if _in(span, case.detected_at, zone)]
        counts = Counter(handling(case, now) for case in inside)
        says = _(
            "%(day)s：%(n)s 件，24 小时内办结 %(a)s，超过 %(b)s，未到期 %(c)s",
            day=span.name,
            n=len(inside),
            a=counts["in_time"],
            b=counts["late"],
            c=counts["not_due"],
        )
        href = links.within(span.first, span.last).cases("all") if inside else None
        tones = {_TONES[name]: count for name, count in counts.items()}
        data.append(Datum(span.label, says, href, tones))
    series = (
        Series("positive", _("24 小时内办结")),
        Series("negative", _("超过 24 小时")),
        Series("neutral", _("未到期")),
    )
    return Told(stacked(_("按发现日期的事件"), series, data), _handling_says(report))


def mention_chart(report: Report) -> Told:
    """Show what was said of the own brands by day or week."""
    if not report.said.total:
        return Told(None, "")
    links, zone = ReportLinks.of(report), report.period.zone
    data, rates = [], []
    for span in _spans(report):
        counts: Counter[Label] = Counter()
        for day in report.days:
            if _in(span, day.start, zone):
                counts.update(day.counts)
        said = Said(counts["positive"], counts["neutral"], counts["negative"])
        rates.append((span, said))
        says = _(
            "%(day)s：共 %(n)s 条，负面 %(bad)s，中性 %(mid)s，正面 %(good)s",
            day=span.name,
            n=said.total,
            bad=said.negative,
            mid=said.neutral,
            good=said.positive,
        )
        href = links.within(span.first, span.last).mentions() if said.total else None
        data.append(Datum(span.label, says, href, counts))
    series = (
        Series("negative", _("负面")),
        Series("neutral", _("中性")),
        Series("positive", _("正面")),
    )
    chart = stacked(_("对自己品牌的提及"), series, data)
    return Told(chart, _mention_says(rates))


def growth_chart(report: Report) -> Told:
    """Show the stock of published assets at the end of each week."""
    weeks = report.growth.weeks
    if not any(week.stock for week in weeks):
        return Told(None, "")
    data = [
        Datum(
            f"{week.start:%m-%d}",
            _(
                "%(day)s 起的一周结束时：%(n)s 件",
                day=f"{week.start:%m-%d}",
                n=sum(week.stock.values()),
            ),
            None,
            {"stock": sum(week.stock.values())},
        )
        for week in weeks
    ]
    first, last = (sum(week.stock.values()) for week in (weeks[0], weeks[-1]))
    says = _(
        "%(n)s 周里从 %(a)s 件到 %(b)s 件；本期新发布 %(new)s 件。",
        n=len(weeks),
        a=f"{first:,}",
        b=f"{last:,}",
        new=f"{report.growth.added:,}",
    )
    chart = stacked(_("每周末的已发布资产"), (Series("stock", _("已发布")),), data)
    return Told(chart, says)


def _handling_says(report: Report) -> str:
    found = report.figures
    if found.handled_rate is None:
        return _("本期发现 %(n)s 件，都还没有到 24 小时。", n=found.total)
    if not found.late:
        return _("到期的 %(n)s 件全部在 24 小时内办结。", n=found.in_time)
    return _(
        "到期的 %(n)s 件里有 %(late)s 件超过 24 小时，按时的占 %(rate)s。",
        n=found.in_time + found.late,
        late=found.late,
        rate=rate(found.handled_rate),
    )


def _mention_says(rates: Sequence[tuple[_Span, Said]]) -> str:
    span, said = max(rates, key=lambda each: each[1].negative)
    if said.negative == 0:
        return _("本期没有负面的提及。")
    return _(
        "负面最多的是 %(day)s：负面 %(bad)s 条，正面 %(good)s 条，正向率 %(rate)s。",
        day=span.name,
        bad=f"{said.negative:,}",
        good=f"{said.positive:,}",
        rate=rate(said.positive_rate),
    )


def _spans(report: Report) -> Iterator[_Span]:
    """Yield the days of the period, or its weeks, which begin on Mondays."""
    period = report.period
    day = period.first
    while day <= period.last:
        last = day
        if period.days > _MOST_DAYS:
            last = min(day + timedelta(days=6 - day.weekday()), period.last)
        yield _Span(day, last)
        day = last + timedelta(days=1)


def _in(span: _Span, moment: datetime, zone: ZoneInfo) -> bool:
    return span.first <= moment.astimezone(zone).date() <= span.last
