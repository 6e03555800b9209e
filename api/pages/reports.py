"""GET /reports: how well are we doing? The figures of a period, their charts and lists."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import HTMLResponse, StreamingResponse

from api.auth.identity import SignedIn
from api.csv_file import csv_answer
from api.doors import require_page, service
from api.pages.i18n import _
from api.pages.render import page
from api.pages.report_accuracy import FitLine, accuracy_lines, fit_lines
from api.pages.report_asked import brand_tabs, period_tabs, read_asked
from api.pages.report_charts import growth_chart, handling_chart, mention_chart
from api.pages.report_csv import report_rows
from api.pages.report_figures import (
    SHOWN_BREACHES,
    backlog_lines,
    breach_lines,
    case_lines,
    headlines,
    kind_lines,
    message_lines,
)
from api.pages.report_links import ReportLinks
from api.pages.report_words import length, rate
from api.permissions import Permission
from api.report import Report, make_report
from api.wiring import Service
from sentiment.correcting.calibrating import latest_fits

router = APIRouter(prefix="/reports", include_in_schema=False)
Opened = Annotated[Service, Depends(service)]
Reader = Annotated[SignedIn, Depends(require_page(Permission.READ_REPORTS))]


@router.get("")
def reports_page(request: Request, opened: Opened, person: Reader) -> HTMLResponse:
    """Show the report of the period that was asked for."""
    asked = read_asked(opened, request.query_params)
    report = make_report(opened, asked.period, asked.brand or None)
    past = asked.period.previous()
    before = make_report(opened, past, asked.brand or None)
    links = ReportLinks.of(report)
    own = [(brand.id, brand.name) for brand in opened.brands() if brand.role == "own"]
    return page(
        request,
        opened,
        person,
        "reports.html",
        room="reports",
        status=422 if asked.fault else 200,
        asked=asked,
        tabs=period_tabs("/reports", asked, brand=asked.brand),
        brands=brand_tabs("/reports", asked, own),
        compared=_("与 %(a)s 至 %(b)s 相比", a=past.first, b=past.last),
        report=report,
        headlines=headlines(report, before, is_now=asked.is_now),
        handling=handling_chart(report, opened.clock.now()),
        said=mention_chart(report),
        growth=growth_chart(report),
        case_lines=case_lines(report, before),
        backlog=backlog_lines(report),
        backlog_median=length(report.backlog.median_age),
        breaches=breach_lines(report.figures.breaches[:SHOWN_BREACHES]),
        kinds=kind_lines(report, is_now=asked.is_now),
        messages=message_lines(report),
        accuracy=accuracy_lines(report),
        fits=_fits(opened, report),
        may_mark=person.may(Permission.MARK_MENTIONS),
        links=links,
        rate=rate,
    )


@router.get("/kpi.csv")
def export(request: Request, opened: Opened, _person: Reader) -> StreamingResponse:
    """Return the figures as a table."""
    asked = read_asked(opened, request.query_params)
    asked.demand_dates()
    report = make_report(opened, asked.period, asked.brand or None)
    before = make_report(opened, asked.period.previous(), asked.brand or None)
    name = f"shengyu-kpi-{report.period.first}-{report.period.last}.csv"
    # The words are looked up here: the language of the request has ended when the body is sent.
    return csv_answer(name, list(report_rows(report, before)))


def _fits(opened: Service, report: Report) -> list[FitLine]:
    """Those of the brands of the report; of source types only where it is about all brands."""
    brands = {brand.id: brand.name for brand in report.brands}
    with opened.records.read() as session:
        fits = latest_fits(session)
    return fit_lines(
        [
            fit
            for fit in fits
            if (fit.key in brands if fit.scope == "brand" else report.brand_id is None)
        ],
        brands,
    )
