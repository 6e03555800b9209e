"""The evidence of a case and how it spread, as its page shows them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select

from alerts.evidence import Evidence
from alerts.words import LABELS
from api.pages.charts import Datum, Series, StackedChart, stacked
from api.pages.i18n import _, translate
from api.pages.naming import engagement_counts
from api.pages.reasons import NONE, Reasons, Weight, reasons
from api.pages.said import Said, said
from api.pages.times import Moment, Times
from api.wiring import Service
from storage.records.cases import CaseMention

_EXCERPT: Final = 320
_MOST_COLUMNS: Final = 24
_FEWEST_COLUMNS: Final = 8
_STEPS_H: Final = (1, 2, 3, 6, 12, 24, 48, 168, 720)
# Two mentions make no chart.
_WORTH_DRAWING: Final = 3
_HOUR: Final = timedelta(hours=1)


@dataclass(frozen=True)
class EvidenceView:
    """One mention as it was when it joined."""

    platform: str
    author: str
    at: Moment
    url: str | None
    counts: tuple[str, ...]
    said: Said
    weights: tuple[Weight, ...]
    words: tuple[str, ...]
    judged: str


@dataclass(frozen=True)
class Spread:
    """How many came when, by platform; *step* says how long a column is."""

    chart: StackedChart
    step: str
    says: str


def evidence_views(
    found: Sequence[Evidence], names: Mapping[str, str], times: Times
) -> tuple[EvidenceView, ...]:
    """Return *found* in its order, with the words that hurt marked."""
    views = []
    for one in found:
        full, why = one.full_text, _reasons(one)
        views.append(
            EvidenceView(
                platform=names.get(one.platform, one.platform),
                author=one.author or "",
                at=times.moment(one.published_at),
                url=one.url,
                counts=engagement_counts(one.engagement),
                said=said(full, one.text, why.hurt, (), _EXCERPT, why.worst),
                weights=why.weights,
                words=why.words,
                judged=_judged(one),
            )
        )
    return tuple(views)


def _reasons(one: Evidence) -> Reasons:
    """Return the engine's reasons, none where a person's label goes against them."""
    leans = sum(part.weight for part in one.contributions)
    # Only a person's label has the probability 1: one that opened the case has no name here.
    by_person = bool(one.marked_by) or one.p_negative == 1.0
    if by_person and (one.label != "negative" or leans > 0):
        return NONE
    return reasons(one.full_text, one.contributions, one.words, negative=True)


def _judged(one: Evidence) -> str:
    if one.marked_by:
        label = translate(LABELS[one.label])
        return _("%(label)s，%(who)s 判定", label=label, who=one.marked_by)
    return _("负面 %(p)s", p=f"{one.p_negative:.2f}")


def spread(service: Service, case_id: str, names: Mapping[str, str], times: Times) -> Spread | None:
    """Count the case's mentions by the time they were published, or None for a handful."""
    platform = CaseMention.evidence["platform"].as_string()
    query = select(CaseMention.published_at, platform).where(CaseMention.case_id == case_id)
    with service.records.read() as session:
        rows = [(at, str(code)) for at, code in session.execute(query)]
    if len(rows) < _WORTH_DRAWING:
        return None
    by_size = Counter(code for _at, code in rows).most_common()
    tones = {code: tone for (code, _n), tone in zip(by_size, ("negative", "second"), strict=False)}
    series = [Series(tone, names.get(code, code)) for code, tone in tones.items()]
    if len(by_size) > len(tones):
        rest = by_size[len(tones) :]
        name = names.get(rest[0][0], rest[0][0]) if len(rest) == 1 else _("其他平台")
        series.append(Series("neutral", name))
    starts, hours = _columns([at for at, _code in rows])
    counts: list[Counter[str]] = [Counter() for _start in starts]
    for at, code in rows:
        counts[int((at - starts[0]) / (hours * _HOUR))][tones.get(code, "neutral")] += 1
    data = [_datum(start, hours, count, times) for start, count in zip(starts, counts, strict=True)]
    busiest = max(range(len(starts)), key=lambda at: counts[at].total())
    chart = stacked(_("每段时间新增的同源提及"), series, data, 110)
    return Spread(
        chart,
        _("每小时新增，按平台") if hours == 1 else _("每 %(n)s 小时新增，按平台", n=hours),
        _(
            "最多的一段是 %(at)s，新增 %(n)s 条。",
            at=times.date_and_time(starts[busiest]),
            n=counts[busiest].total(),
        ),
    )


def _columns(moments: Sequence[datetime]) -> tuple[list[datetime], int]:
    """Return where columns start and how many hours each is long, so that all of them fit."""
    first = min(moments).replace(minute=0, second=0, microsecond=0)
    span = max(moments) - first
    hours = next((step for step in _STEPS_H if span / (step * _HOUR) < _MOST_COLUMNS), _STEPS_H[-1])
    number = int(span / (hours * _HOUR)) + 1
    # Quiet hours before the first mention show that it came out of nothing.
    before = max(1, _FEWEST_COLUMNS - number)
    start = first - before * hours * _HOUR
    return [start + at * hours * _HOUR for at in range(number + before)], hours


def _datum(start: datetime, hours: int, count: Counter[str], times: Times) -> Datum:
    label = times.time_of_day(start) if hours < 24 else times.day(start)
    says = _("%(at)s 起新增 %(n)s 条", at=times.date_and_time(start), n=count.total())
    return Datum(label, says, None, count)
