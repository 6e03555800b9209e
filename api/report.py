"""Gathers one report: what the page, REST and the export all show."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from alerts.kpi import Backlog, CaseFigures, CaseTimes, backlog, case_figures
from alerts.kpi_records import UsedMessage, cases_detected, messages_used, open_cases
from api.periods import Period
from api.wiring import Service
from assets.growth import Growth, asset_lives, growth
from core.errors import NotFound
from sentiment.correcting.accuracy import Accuracies, accuracies
from storage.mentions import Label
from storage.records.watch import Brand
from storage.search import Filters, HistogramBucket, HistogramRequest


@dataclass(frozen=True)
class Said:
    """Mentions of an own brand by what they mean for it."""

    positive: int = 0
    neutral: int = 0
    negative: int = 0

    @property
    def total(self) -> int:
        """All of them."""
        return self.positive + self.neutral + self.negative

    @property
    def positive_rate(self) -> float | None:
        """舆情正向率: positive among those that take a side; None when none does."""
        sided = self.positive + self.negative
        return self.positive / sided if sided else None

    @property
    def positive_share(self) -> float | None:
        """Positive among all; None without any."""
        return self.positive / self.total if self.total else None


@dataclass(frozen=True)
class BrandSaid:
    """What was said of one brand."""

    id: str
    name: str
    said: Said


@dataclass(frozen=True)
class Report:
    """The figures of one period, of one own brand or of all (*brand_id* None)."""

    period: Period
    brand_id: str | None
    cases: tuple[CaseTimes, ...]
    figures: CaseFigures
    backlog: Backlog
    brands: tuple[BrandSaid, ...]
    days: tuple[HistogramBucket, ...]
    growth: Growth
    messages: tuple[UsedMessage, ...]
    accuracy: Accuracies

    @property
    def said(self) -> Said:
        """All brands together; a mention of two of them counts for each."""
        return Said(
            sum(brand.said.positive for brand in self.brands),
            sum(brand.said.neutral for brand in self.brands),
            sum(brand.said.negative for brand in self.brands),
        )

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to report."""
        found = (self.figures.total, self.backlog.count, self.said.total, self.growth.total)
        return not any((*found, self.messages))


def make_report(service: Service, period: Period, brand_id: str | None = None) -> Report:
    """Return the report of *period*. Raises ``NotFound`` for a brand that is not an own one."""
    brands = _own(service, brand_id)
    now = service.clock.now()
    with service.records.read() as session:
        cases = cases_detected(session, period.after, period.before, brand_id)
        waiting = open_cases(session, brand_id)
        lives = asset_lives(session, brand_id)
        messages = messages_used(session, period.after, period.before, brand_id)
        accuracy = accuracies(session, period.after, period.before)
    said = [_days(service, brand.id, period) for brand in brands]
    return Report(
        period=period,
        brand_id=brand_id,
        cases=tuple(cases),
        figures=case_figures(cases, now),
        backlog=backlog(waiting, now),
        brands=tuple(
            BrandSaid(brand.id, brand.name, _sum(days))
            for brand, days in zip(brands, said, strict=True)
        ),
        days=_together(said),
        growth=growth(lives, period.after, period.before, now, period.zone),
        messages=tuple(messages),
        accuracy=accuracy,
    )


def _own(service: Service, brand_id: str | None) -> list[Brand]:
    own = [brand for brand in service.brands() if brand.role == "own"]
    if brand_id is None:
        return own
    found = [brand for brand in own if brand.id == brand_id]
    if not found:
        raise NotFound("没有这个自己的品牌。请在报告页重新选择。")
    return found


def _days(service: Service, brand_id: str, period: Period) -> list[HistogramBucket]:
    """With one brand named, labels mean the label towards it."""
    filters = Filters(brand_ids=(brand_id,), after=period.after, before=period.before)
    return service.index.histogram(HistogramRequest(filters=filters, zone=period.zone, by="day"))


def _sum(days: Sequence[HistogramBucket]) -> Said:
    counts: Counter[Label] = Counter()
    for day in days:
        counts.update(day.counts)
    return Said(counts["positive"], counts["neutral"], counts["negative"])


def _together(brands: Sequence[Sequence[HistogramBucket]]) -> tuple[HistogramBucket, ...]:
    days = []
    for same in zip(*brands, strict=True):
        counts: Counter[Label] = Counter()
        for day in same:
            counts.update(day.counts)
        days.append(HistogramBucket(same[0].start, counts))
    return tuple(days)
