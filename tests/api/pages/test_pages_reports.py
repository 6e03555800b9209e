"""/reports: each figure is what its list holds; export; empty periods; who may see it."""

import csv
import io
import re
from datetime import timedelta
from html import unescape

import httpx
import pytest
from pages_desk import AsRole, PagesDesk

from api.pages.report_charts import growth_chart, handling_chart, mention_chart
from api.pages.report_figures import backlog_lines, case_lines, headlines
from api.periods import chosen_period
from api.report import Report, make_report
from core.clock import FixedClock
from storage.records.cases import Case
from storage.records.library import Asset
from storage.records.watch import Brand


def report(desk: PagesDesk, code: str = "7", brand: str | None = None) -> Report:
    service = desk.service
    period = chosen_period(code, "", "", now=service.clock.now(), zone=service.zone)
    return make_report(service, period, brand)


def listed(client: httpx.Client, href: str) -> int:
    """How many the list behind *href* says and shows."""
    page = client.get(href)
    assert page.status_code == 200, href
    if href.startswith("/mentions"):
        match = re.search(r'class="found">([\d,]+) 条', page.text)
    else:
        match = re.search(r"&ensp;([\d,]+) 件</p>", page.text)
    assert match is not None, href
    count = int(match[1].replace(",", ""))
    if href.startswith("/reports/cases"):
        assert page.text.count('class="row is-link"') == count
    return count


def with_assets(desk: PagesDesk) -> None:
    """Two images and a message published: 3, 20 and 1 days ago."""
    now = desk.service.clock.now()
    with desk.service.records.write() as session:
        for name, kind, days in (("a", "media", 3), ("b", "media", 20), ("c", "message", 1)):
            at = now - timedelta(days=days)
            session.add(
                Asset(
                    id=f"asset_{name}",
                    kind=kind,
                    title=f"=资产 {name}",
                    description="",
                    state="published",
                    published_at=at,
                    created_at=at,
                    updated_at=at,
                )
            )


def test_the_headlines_are_the_figures_of_the_lists_behind_them(
    desk: PagesDesk, admin: httpx.Client
) -> None:
    """Three cases were detected, one was closed in time; the two others are not due yet."""
    handled, positive, _assets, _messages = headlines(report(desk), report(desk), is_now=True)
    assert (handled.value, handled.note) == ("100.0%", "1 / 1 件按时")
    assert handled.href is not None
    assert listed(admin, handled.href) == 1
    assert positive.href is not None
    good = listed(admin, positive.href)
    assert f"正面 {good}，" in positive.note
    said = report(desk).said
    assert positive.value == f"{good / (good + said.negative):.1%}"


def test_every_smaller_figure_leads_to_as_many_cases_as_it_counts(
    desk: PagesDesk, admin: httpx.Client
) -> None:
    now = report(desk)
    lines = {line.name: line for line in case_lines(now, now)}
    for name in ("发现", "未到期", "还没有响应"):
        line = lines[name]
        assert line.href is not None
        assert listed(admin, line.href) == int(line.value), name
    assert (lines["发现"].value, lines["未到期"].value) == ("3", "2")
    for line in backlog_lines(now):
        assert line.href is not None
        assert listed(admin, line.href) == int(line.value), line.name


def test_late_cases_are_in_red_and_listed(
    desk: PagesDesk, admin: httpx.Client, clock: FixedClock
) -> None:
    clock.advance(timedelta(hours=30))
    page = admin.get("/reports?period=7").text
    assert "33.3%" in page
    assert "首次响应已超时" in page
    found = re.search(r'href="(/reports/cases\?[^"]*which=late)"', page)
    assert found is not None
    assert listed(admin, unescape(found[1])) == 2
    assert report(desk).figures.late == 2


def test_each_column_of_the_charts_leads_to_what_it_shows(
    desk: PagesDesk, admin: httpx.Client
) -> None:
    now = report(desk)
    for told, unit in (
        (handling_chart(now, desk.service.clock.now()), "件"),
        (mention_chart(now), "条"),
    ):
        assert told.chart is not None
        assert told.says
        assert len(told.chart.columns) == 7
        for column in told.chart.columns:
            if column.href:
                count = re.search(rf"：(?:共 )?(\d+) {unit}", column.says)
                assert count is not None
                assert listed(admin, column.href) == int(count[1])


def test_a_long_period_is_shown_by_weeks_that_cover_it_once(desk: PagesDesk) -> None:
    now = report(desk, "90")
    chart = mention_chart(now).chart
    assert chart is not None
    # From Friday the 3rd of April to Wednesday the 1st of July: fourteen weeks are touched.
    assert len(chart.columns) == 14
    shown = sum(int(n) for c in chart.columns for n in re.findall(r"共 (\d+) 条", c.says))
    assert shown == now.said.total


def test_assets_are_counted_by_kind_and_the_new_ones_listed(
    desk: PagesDesk, admin: httpx.Client
) -> None:
    with_assets(desk)
    found = report(desk)
    assert (found.growth.total, found.growth.added) == (3, 2)
    assert dict(found.growth.stock) == {"media": 2, "message": 1}
    told = growth_chart(found)
    assert told.chart is not None
    assert told.says == "8 周里从 0 件到 3 件；本期新发布 2 件。"
    page = admin.get("/reports?period=7").text
    links = re.findall(r'href="(/reports/assets\?[^"]+)">(\d+)</a>', page)
    assert len(links) == 2
    for href, count in links:
        assert listed(admin, unescape(href)) == int(count)


def test_the_export_tells_figures_with_their_definition_and_runs_nothing(
    desk: PagesDesk, admin: httpx.Client, clock: FixedClock
) -> None:
    with desk.service.records.write() as session:
        session.get_one(Case, desk.open_case).title = "=cmd|'/c calc'!A1"
    clock.advance(timedelta(hours=30))
    answer = admin.get("/reports/kpi.csv?period=7")
    assert answer.content.startswith(b"\xef\xbb\xbf")
    assert (
        'filename="shengyu-kpi-2026-06-26-2026-07-02.csv"' in answer.headers["content-disposition"]
    )
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))
    figures = {row[0]: row for row in rows if row}
    assert figures["24 小时处理率"][1] == "0.3333"
    assert figures["超过 24 小时"][1] == "2"
    assert "24 小时内" in figures["24 小时处理率"][4]
    titles = [row[0] for row in rows if row]
    assert "'=cmd|'/c calc'!A1" in titles


def test_with_several_own_brands_each_has_its_own_figures(
    desk: PagesDesk, admin: httpx.Client
) -> None:
    with desk.service.records.write() as session:
        session.add(
            Brand(id="brand_food", name="星澜食品", role="own", created_at=desk.service.clock.now())
        )
    whole, food = report(desk), report(desk, brand="brand_food")
    assert [brand.name for brand in whole.brands] == ["星澜科技", "星澜食品"]
    assert (food.said.total, food.figures.total) == (0, 0)
    assert whole.said.total == report(desk, brand="brand_own").said.total > 0
    page = admin.get("/reports?period=7").text
    assert 'href="#brands"' in page
    assert "全部品牌" in page
    narrow = admin.get("/reports?period=7&brand=brand_own").text
    assert 'name="brand" value="brand_own"' in narrow


def test_a_period_with_nothing_in_it_says_what_to_do(admin: httpx.Client, desk: PagesDesk) -> None:
    with desk.service.records.write() as session:
        session.add(
            Brand(id="brand_food", name="星澜食品", role="own", created_at=desk.service.clock.now())
        )
    page = admin.get("/reports?brand=brand_food")
    assert "还没有事件、提及和已发布的资产" in page.text


def test_wrong_dates_brands_and_lists_are_told(admin: httpx.Client, desk: PagesDesk) -> None:
    wrong = admin.get("/reports?from=2026-07-01&to=2026-06-01")
    assert wrong.status_code == 422
    assert "开始日期要早于结束日期" in wrong.text
    for path in ("/reports/kpi.csv", "/reports/cases", "/reports/assets", "/competitors.csv"):
        assert admin.get(f"{path}?from=2026-07-01&to=2026-06-01").status_code == 422
    assert admin.get("/reports?brand=brand_rival").status_code == 404
    assert admin.get("/reports/cases?which=nonsense").status_code == 404


def test_rest_tells_the_same_figures(
    desk: PagesDesk, admin: httpx.Client, clock: FixedClock
) -> None:
    with_assets(desk)
    clock.advance(timedelta(hours=30))
    answer = admin.get("/api/v1/reports/kpi", params={"from": "2026-06-01", "to": "2026-07-02"})
    assert answer.status_code == 200
    body = answer.json()
    assert (body["from"], body["to"], body["timezone"]) == (
        "2026-06-01",
        "2026-07-02",
        "Asia/Shanghai",
    )
    cases = body["cases"]
    assert (cases["detected"], cases["handled_within_24h"], cases["late"]) == (3, 1, 2)
    assert cases["handled_within_24h_rate"] == pytest.approx(1 / 3)
    assert body["assets"]["published_by_kind"] == {"media": 2, "message": 1}
    assert (body["previous"]["to"], body["previous"]["cases"]["detected"]) == ("2026-05-31", 0)
    assert body["previous"]["cases"]["handled_within_24h_rate"] is None
    assert {breach["case_id"] for breach in body["breaches"]} >= {desk.open_case}
    assert admin.get("/api/v1/reports/kpi?from=x").json()["field"] == "from"
    assert admin.get("/api/v1/reports/kpi?brand=none").status_code == 404


@pytest.mark.parametrize(
    ("role", "status"),
    [
        ("director", 200),
        ("brand_manager", 200),
        ("researcher", 403),
        ("legal", 403),
        ("agency", 403),
    ],
)
def test_only_those_who_may_see_reports(role: str, status: int, as_role: AsRole) -> None:
    client = as_role(role)
    for path in ("", "/cases", "/assets", "/kpi.csv"):
        assert client.get(f"/reports{path}").status_code == status
