"""GET /api/v1/reports/kpi: the figures of a period beside those of the period before."""

from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query

from alerts.kpi import Breach, Spread
from api.auth.identity import SignedIn
from api.doors import require, service
from api.periods import chosen_period
from api.permissions import Permission
from api.report import Report, Said, make_report
from api.rest.marks import accuracy_form
from api.wiring import Service
from core.clock import isoformat
from sentiment.correcting.accuracy import Accuracy

router = APIRouter(prefix="/api/v1/reports", tags=["reports"])
Reader = Annotated[SignedIn, Depends(require(Permission.READ_REPORTS))]


@router.get("/kpi")
def get_kpi(
    opened: Annotated[Service, Depends(service)],
    _person: Reader,
    first: Annotated[str, Query(alias="from", max_length=10, description="YYYY-MM-DD")] = "",
    last: Annotated[str, Query(alias="to", max_length=10, description="YYYY-MM-DD")] = "",
    brand: Annotated[str | None, Query(description="An own brand's id")] = None,
) -> dict[str, Any]:
    """Return the figures from one local day to another, by default of the last 30 days.

    Lengths are in seconds, rates from 0 to 1; null where there is nothing to divide by.
    """
    period = chosen_period("", first, last, now=opened.clock.now(), zone=opened.zone)
    report = make_report(opened, period, brand)
    before = make_report(opened, period.previous(), brand)
    return kpi_form(report) | {
        "timezone": period.zone.key,
        "previous": kpi_form(before),
        "breaches": [_breach(breach) for breach in report.figures.breaches],
        "backlog": {
            "count": report.backlog.count,
            "median_age_s": _seconds(report.backlog.median_age),
            "oldest_case_id": report.backlog.oldest.id if report.backlog.oldest else None,
            "under_1d": report.backlog.ages[0],
            "from_1d_to_3d": report.backlog.ages[1],
            "from_3d_to_7d": report.backlog.ages[2],
            "over_7d": report.backlog.ages[3],
        },
    }


def kpi_form(report: Report) -> dict[str, Any]:
    """Return the figures of one period."""
    cases, grown = report.figures, report.growth
    return {
        "from": report.period.first.isoformat(),
        "to": report.period.last.isoformat(),
        "brand": report.brand_id,
        "cases": {
            "detected": cases.total,
            "handled_within_24h": cases.in_time,
            "late": cases.late,
            "not_due": cases.not_due,
            "handled_within_24h_rate": cases.handled_rate,
            "response": _spread(cases.response) | {"unanswered": cases.unanswered},
            "resolution": _spread(cases.resolution),
            "closed": cases.closed,
            "dismissed": cases.dismissed,
            "false_positive_rate": cases.false_positive_rate,
        },
        "mentions": _said(report.said)
        | {"brands": [{"id": b.id, "name": b.name} | _said(b.said) for b in report.brands]},
        "assets": {
            "published": grown.total,
            "published_by_kind": dict(grown.stock),
            "new": grown.added,
            "new_by_kind": dict(grown.new),
            "weeks": [
                {
                    "week": week.start.date().isoformat(),
                    "until": isoformat(week.end),
                    "published_by_kind": dict(week.stock),
                }
                for week in grown.weeks
            ],
        },
        "accuracy": {
            "all": accuracy_form(report.accuracy.whole),
            "brands": [
                {"id": brand.id, "name": brand.name}
                | accuracy_form(report.accuracy.by_brand.get(brand.id, Accuracy()))
                for brand in report.brands
            ],
            "source_types": [
                {"source_type": key or None} | accuracy_form(each)
                for key, each in report.accuracy.by_type.items()
            ],
        },
        "messages_used": {
            "times": sum(message.times for message in report.messages),
            "messages": [
                {
                    "asset_id": each.asset_id,
                    "title": each.title,
                    "times": each.times,
                    "cases": each.cases,
                }
                for each in report.messages
            ],
        },
    }


def _said(said: Said) -> dict[str, Any]:
    return {
        "total": said.total,
        "positive": said.positive,
        "neutral": said.neutral,
        "negative": said.negative,
        "positive_rate": said.positive_rate,
        "positive_share": said.positive_share,
    }


def _spread(spread: Spread) -> dict[str, Any]:
    return {
        "count": spread.count,
        "median_s": _seconds(spread.median),
        "p90_s": _seconds(spread.p90),
    }


def _breach(breach: Breach) -> dict[str, Any]:
    return {
        "case_id": breach.case.id,
        "title": breach.case.title,
        "clock": breach.clock,
        "by_s": _seconds(breach.by),
        "running": breach.running,
    }


def _seconds(length: timedelta | None) -> float | None:
    return round(length.total_seconds(), 3) if length is not None else None
