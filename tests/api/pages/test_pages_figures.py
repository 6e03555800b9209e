"""The figures of Today and the lists behind them say the same number."""

import re

import httpx
from pages_desk import PagesDesk

from api.pages.today_figures import figures, fortnight


def _found(client: httpx.Client, href: str) -> int:
    match = re.search(r'class="found">([\d,]+) 条', client.get(href).text)
    assert match is not None
    return int(match[1].replace(",", ""))


def test_each_figure_leads_to_the_list_that_it_counts(admin: httpx.Client, desk: PagesDesk) -> None:
    handled, positive, today, share = figures(desk.service, with_cases=True)
    assert (handled.value, handled.note) == ("100.0%", "1 / 1 件按时")
    assert _found(admin, today.href) == int(today.value)
    negative = int(share.note.split(" ")[0])
    assert _found(admin, share.href) == negative
    assert share.value == f"{negative / int(today.value):.1%}"
    assert f"正面 {_found(admin, positive.href)}，" in positive.note


def test_the_columns_of_the_fortnight_lead_to_their_days(
    admin: httpx.Client, desk: PagesDesk
) -> None:
    shown = fortnight(desk.service)
    assert shown.chart is not None
    for column in shown.chart.columns:
        if column.href:
            total = re.search(r"共 (\d+) 条", column.says)
            assert total is not None
            assert _found(admin, column.href) == int(total[1])
    assert shown.href is not None
    assert "负面突增" in shown.says


def test_copies_of_a_story_are_folded_and_lead_to_all_of_them(
    admin: httpx.Client, desk: PagesDesk
) -> None:
    page = admin.get("/mentions?q=刺鼻").text
    assert page.count('<article class="mention"') == 1
    assert "+3 条同源" in page
    assert admin.get("/mentions?q=story:story_smell").text.count('<article class="mention"') == 4


def test_the_place_of_a_wrong_query_is_shown(admin: httpx.Client) -> None:
    answer = admin.get("/mentions", params={"q": "净化器 kind:bogus"})
    assert answer.status_code == 422
    assert re.search(r"<code>净化器 kind:<b>b</b>ogus</code>", answer.text)
