"""The figures of Today and the chart under them, each with the list it counts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import fmean, pstdev
from typing import Final

from alerts.queries import handled_within_24h, open_counts
from api.pages.charts import Datum, Series, StackedChart, sparkline, stacked
from api.pages.i18n import _
from api.pages.mention_query import MentionQuery
from api.pages.parts import Tone
from api.pages.times import Times
from api.wiring import Service
from storage.search import Filters, HistogramBucket, HistogramRequest, Selection

_DAYS: Final = 14
_WEEK: Final = 7
# A day stands out when it is this many deviations above the others and no mere handful.
_DEVIATIONS: Final = 2.0
_FEWEST: Final = 3


@dataclass(frozen=True)
class Figure:
    """One figure: its *href* is the list that it counts."""

    name: str
    value: str
    note: str
    href: str
    spark: str | None
    tone: Tone


@dataclass(frozen=True)
class Fortnight:
    """Two weeks of mentions by day; *says* what is to be seen, *href* where to look closer."""

    chart: StackedChart | None
    says: str
    href: str | None
    link: str


def figures(service: Service, *, with_cases: bool) -> tuple[Figure, ...]:
    """Return the figures of the service's own brands."""
    times = Times(service.clock.now(), service.zone)
    own = _own(service)
    days = _buckets(service, own, times.midnight(_DAYS - 1), times.midnight(-1))
    found = [
        _positive_rate(days[-_WEEK:], times, own),
        _today(service, days, times, own),
        _negative_share(service, days, times, own, with_cases=with_cases),
    ]
    return (*(case_figures(service) if with_cases else ()), *found)


def case_figures(service: Service) -> tuple[Figure, ...]:
    """Return the figures of cases alone, which need no index."""
    return (_handled(service, Times(service.clock.now(), service.zone)),)


def fortnight(service: Service) -> Fortnight:
    """Return the chart of the last two weeks and a sentence about it."""
    times = Times(service.clock.now(), service.zone)
    own = _own(service)
    days = _buckets(service, own, times.midnight(_DAYS - 1), times.midnight(-1))
    total = sum(day.total for day in days)
    if not total:
        return Fortnight(None, "", None, "")
    series = (
        Series("negative", _("负面")),
        Series("neutral", _("中性")),
        Series("positive", _("正面")),
    )
    data = [_datum(day, own) for day in days]
    chart = stacked(_("近 14 天每天的提及"), series, data)
    peak = _peak(days)
    negative = sum(day.counts["negative"] for day in days)
    if peak is None:
        says = _(
            "共 %(n)s 条，其中负面 %(bad)s 条，占 %(share)s，没有哪一天突增。",
            n=f"{total:,}",
            bad=f"{negative:,}",
            share=f"{negative / total:.1%}",
        )
        return Fortnight(chart, says, None, "")
    says = _(
        "%(day)s 负面突增：%(n)s 条，前后各天平均 %(mean)s 条。",
        day=f"{peak.start:%m-%d}",
        n=peak.counts["negative"],
        mean=f"{(negative - peak.counts['negative']) / (len(days) - 1):.1f}",
    )
    return Fortnight(chart, says, _day_href(peak, own, ("negative",)), _("查看这些提及"))


def _own(service: Service) -> tuple[str, ...]:
    return tuple(brand.id for brand in service.brands() if brand.role == "own")


def _buckets(
    service: Service, own: tuple[str, ...], after: datetime, before: datetime
) -> list[HistogramBucket]:
    filters = Filters(brand_ids=own, brand_roles=("own",), after=after, before=before)
    return service.index.histogram(HistogramRequest(filters=filters, zone=service.zone, by="day"))


def _handled(service: Service, times: Times) -> Figure:
    first = times.now.astimezone(times.zone).replace(
        day=1, hour=0, minute=0, second=0, microsecond=0
    )
    with service.records.read() as session:
        in_time, counted = handled_within_24h(session, first, times.now)
    return Figure(
        _("24 小时处理率 · 本月"),
        f"{in_time / counted:.1%}" if counted else "—",
        _("%(a)s / %(b)s 件按时", a=in_time, b=counted) if counted else _("还没有到期的事件"),
        "/cases?show=all",
        None,
        "",
    )


def _positive_rate(week: Sequence[HistogramBucket], times: Times, own: tuple[str, ...]) -> Figure:
    good = sum(day.counts["positive"] for day in week)
    bad = sum(day.counts["negative"] for day in week)
    rates = [
        day.counts["positive"] / (day.counts["positive"] + day.counts["negative"])
        for day in week
        if day.counts["positive"] + day.counts["negative"]
    ]
    return Figure(
        _("舆情正向率 · 近 7 天"),
        f"{good / (good + bad):.1%}" if good + bad else "—",
        _("正面 %(good)s，负面 %(bad)s", good=f"{good:,}", bad=f"{bad:,}"),
        MentionQuery(
            q=f"after:{times.midnight(_WEEK - 1):%Y-%m-%d}", label=("positive",), brand=own
        ).href,
        sparkline(rates),
        "good",
    )


def _today(
    service: Service, days: Sequence[HistogramBucket], times: Times, own: tuple[str, ...]
) -> Figure:
    yesterday = service.index.count(
        Selection(
            filters=Filters(
                brand_ids=own,
                brand_roles=("own",),
                after=times.midnight(1),
                before=times.now - timedelta(days=1),
            ),
            zone=service.zone,
        )
    )
    return Figure(
        _("今日提及"),
        f"{days[-1].total:,}",
        _("昨日同时 %(n)s", n=f"{yesterday:,}"),
        _day_href(days[-1], own),
        sparkline([day.total for day in days]),
        "",
    )


def _negative_share(
    service: Service,
    days: Sequence[HistogramBucket],
    times: Times,
    own: tuple[str, ...],
    *,
    with_cases: bool,
) -> Figure:
    today = days[-1]
    note = _("%(n)s 条负面", n=f"{today.counts['negative']:,}")
    if with_cases:
        with service.records.read() as session:
            waiting = open_counts(session, times.now).total
        note = _("%(n)s 条，%(m)s 个待处理事件", n=f"{today.counts['negative']:,}", m=waiting)
    shares = [day.counts["negative"] / day.total if day.total else 0.0 for day in days]
    return Figure(
        _("今日负面占比"),
        f"{today.counts['negative'] / today.total:.1%}" if today.total else "—",
        note,
        _day_href(today, own, ("negative",)),
        sparkline(shares),
        "bad",
    )


def _datum(day: HistogramBucket, own: tuple[str, ...]) -> Datum:
    says = _(
        "%(day)s：共 %(n)s 条，负面 %(bad)s，中性 %(mid)s，正面 %(good)s",
        day=f"{day.start:%m-%d}",
        n=day.total,
        bad=day.counts["negative"],
        mid=day.counts["neutral"],
        good=day.counts["positive"],
    )
    return Datum(f"{day.start:%m-%d}", says, _day_href(day, own) if day.total else None, day.counts)


def _day_href(day: HistogramBucket, own: tuple[str, ...], label: tuple[str, ...] = ()) -> str:
    following = day.start + timedelta(days=1, hours=3)
    return MentionQuery(
        q=f"after:{day.start:%Y-%m-%d} before:{following:%Y-%m-%d}", label=label, brand=own
    ).href


def _peak(days: Sequence[HistogramBucket]) -> HistogramBucket | None:
    """Return the day whose negative count stands out from the others."""
    worst = max(days, key=lambda day: day.counts["negative"])
    others = [day.counts["negative"] for day in days if day is not worst]
    bar = fmean(others) + _DEVIATIONS * pstdev(others)
    count = worst.counts["negative"]
    return worst if count >= _FEWEST and count > bar else None
