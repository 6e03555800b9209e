"""Share of voice: how much is said of the own brands and of each competitor, and when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from api.pages.charts import Datum, Series, StackedChart, stacked
from api.pages.i18n import _
from api.pages.mention_query import MentionQuery
from api.periods import Period
from api.wiring import Service
from storage.records.watch import Brand
from storage.search import Filters, HistogramBucket, HistogramRequest

_MOST_DAYS: Final = 31
# As many as can be told apart in one column; the others are one part together.
_NAMED_RIVALS: Final = 3


@dataclass(frozen=True)
class Voice:
    """One brand of the bar: its mentions, their part of all in per cent, the list behind them."""

    name: str
    tone: str
    count: int
    percent: float
    href: str


@dataclass(frozen=True)
class Voices:
    """The whole comparison; no chart where nobody was mentioned."""

    voices: tuple[Voice, ...]
    chart: StackedChart | None
    says: str
    trend_says: str


def voices(opened: Service, period: Period) -> Voices:
    """Compare the watched brands in *period*; a mention of two brands counts for each."""
    brands = [brand for brand in opened.brands() if brand.role in {"own", "competitor"}]
    days = {brand.id: _days(opened, brand, period) for brand in brands}
    counts = {code: sum(day.total for day in found) for code, found in days.items()}
    total = sum(counts.values())
    rivals = sorted(
        (brand for brand in brands if brand.role == "competitor"), key=lambda b: -counts[b.id]
    )
    ordered = [brand for brand in brands if brand.role == "own"] + rivals
    tones = _tones(ordered)
    found = tuple(
        Voice(
            brand.name,
            tones[brand.id],
            counts[brand.id],
            counts[brand.id] / total * 100 if total else 0.0,
            _href(period, brand),
        )
        for brand in ordered
    )
    if not total:
        return Voices(found, None, "", "")
    chart, trend = _trend(ordered, tones, days, period)
    return Voices(found, chart, _says(found, ordered), trend)


def _days(opened: Service, brand: Brand, period: Period) -> list[HistogramBucket]:
    filters = Filters(brand_ids=(brand.id,), after=period.after, before=period.before)
    return opened.index.histogram(HistogramRequest(filters=filters, zone=period.zone, by="day"))


def _tones(brands: Sequence[Brand]) -> dict[str, str]:
    rivals = [brand.id for brand in brands if brand.role == "competitor"]
    tones = {code: f"rival-{at}" for at, code in enumerate(rivals[:_NAMED_RIVALS], 1)}
    return {brand.id: tones.get(brand.id, "rest") for brand in brands} | {
        brand.id: "own" for brand in brands if brand.role == "own"
    }


def _trend(
    brands: Sequence[Brand],
    tones: dict[str, str],
    days: dict[str, list[HistogramBucket]],
    period: Period,
) -> tuple[StackedChart, str]:
    size = 1 if period.days <= _MOST_DAYS else 7
    data, most = [], (0, "", "")
    for at in range(0, period.days, size):
        counts = {b.id: sum(day.total for day in days[b.id][at : at + size]) for b in brands}
        day = f"{period.first + timedelta(days=at):%m-%d}"
        parts: dict[str, int] = {}
        for brand in brands:
            parts[tones[brand.id]] = parts.get(tones[brand.id], 0) + counts[brand.id]
            if brand.role == "competitor":
                most = max(most, (counts[brand.id], day, brand.name), key=lambda each: each[0])
        told = _("，").join(f"{b.name} {counts[b.id]:,}" for b in brands if counts[b.id])
        says = _("%(day)s：%(told)s", day=day, told=told or _("没有提及"))
        data.append(Datum(day, says, None, parts))
    chart = stacked(_("每个品牌的提及"), _series(brands, tones), data)
    count, day, name = most
    if not count:
        return chart, _("这段时间没有提到竞品。")
    on_day = _("竞品里最多的是 %(day)s 当天的%(name)s，%(n)s 条。")
    in_week = _("竞品里最多的是 %(day)s 起的一周的%(name)s，%(n)s 条。")
    told = on_day if size == 1 else in_week
    return chart, told % {"day": day, "name": name, "n": count}


def _series(brands: Sequence[Brand], tones: dict[str, str]) -> tuple[Series, ...]:
    names: dict[str, str] = {}
    for brand in brands:
        tone = tones[brand.id]
        shared = _("自己的品牌") if tone == "own" else _("其他竞品")
        names[tone] = shared if tone in names or tone == "rest" else brand.name
    return tuple(Series(tone, name) for tone, name in names.items())


def _says(found: Sequence[Voice], brands: Sequence[Brand]) -> str:
    own = sum(v.percent for v, b in zip(found, brands, strict=True) if b.role == "own")
    rivals = [v for v, b in zip(found, brands, strict=True) if b.role == "competitor"]
    if not rivals:
        return _("还没有竞品。添加后，从下一批采集的内容开始比较。")
    top = max(rivals, key=lambda voice: voice.count)
    return _(
        "自己的品牌占 %(own)s，最响的竞品是%(name)s，占 %(top)s。",
        own=f"{own:.1f}%",
        name=top.name,
        top=f"{top.percent:.1f}%",
    )


def _href(period: Period, brand: Brand) -> str:
    end = period.last + timedelta(days=1)
    return MentionQuery(q=f"after:{period.first} before:{end}", brand=(brand.id,)).href
