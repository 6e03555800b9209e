"""/competitors: the feed by activity, share of voice, export; every number leads to its list."""

import csv
import io
import re
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest
from pages_desk import HOSTILE, AsRole, PagesDesk

from api.pages.voices import voices
from api.periods import chosen_period
from storage.mentions import Mention, MentionBrand
from storage.records.watch import Brand
from storage.search import SearchRequest

RIVAL = ("brand_rival", "蓝鲸智能")
SAID = [
    ("蓝鲸智能发布新品深潜 Pro", "产品迭代", 1),
    ("蓝鲸智能双十一满减", "营销动作", 2),
    ("蓝鲸智能又满减了", "营销动作", 30),
    ("=蓝鲸智能的价格表", "价格", 3),
    (f"蓝鲸智能 {HOSTILE}", "其他", 4),
    ("沐风电器开了新店", "渠道", 5),
]


@pytest.fixture
def said(desk: PagesDesk) -> PagesDesk:
    """Six mentions of two competitors beside what is said of the own brand."""
    service = desk.service
    now = service.clock.now()
    with service.records.write() as session:
        session.add(Brand(id="brand_wind", name="沐风电器", role="competitor", created_at=now))
    model = service.index.search(SearchRequest(limit=1)).hits[0].mention
    service.index.create_many([_rival(model, at, *one, desk) for at, one in enumerate(SAID)])
    return desk


def _rival(
    model: Mention, at: int, text: str, activity: str, hours: float, desk: PagesDesk
) -> Mention:
    code, name = ("brand_wind", "沐风电器") if text.startswith("沐风") else RIVAL
    moment = desk.service.clock.now() - timedelta(hours=hours)
    towards = MentionBrand(code, name, "competitor", (), "neutral", 0.1, 0.8, 0.1)
    return replace(
        model,
        id=f"{900 + at:040x}",
        url=f"https://example.cn/rival/{at}",
        title="",
        text=text,
        brands=(towards,),
        label="neutral",
        activity=activity,
        story_id=f"story_rival_{at}",
        published_at=moment,
        detected_at=moment,
        contributions=(),
    )


def found(page: str) -> int:
    match = re.search(r'class="found">([\d,]+) 条', page)
    assert match is not None
    return int(match[1].replace(",", ""))


def tabs(page: str, name: str) -> dict[str, tuple[str, int]]:
    start = page.index(f'<nav class="filters" aria-label="{name}">')
    part = page[start : page.index("</nav>", start)]
    links = re.findall(r'<a href="([^"]*)"[^>]*>([^<]+?) <span>(\d+)</span>', part)
    return {label: (href.replace("&amp;", "&"), int(count)) for href, label, count in links}


def test_the_feed_shows_competitors_only_each_with_its_activity(
    said: PagesDesk, admin: httpx.Client
) -> None:
    page = admin.get("/competitors?period=7").text
    assert found(page) == 6
    assert page.count('<article class="mention"') == 6
    assert "刺鼻" not in page
    assert '<span class="chip">产品迭代</span>' in page
    assert "<script>alert" not in page


def test_every_tab_leads_to_as_many_as_it_says(said: PagesDesk, admin: httpx.Client) -> None:
    page = admin.get("/competitors?period=7").text
    kinds, rivals = tabs(page, "类型"), tabs(page, "竞品")
    assert len(kinds) == 10
    assert {name: count for name, (_href, count) in kinds.items() if count} == {
        "全部": 6,
        "产品迭代": 1,
        "营销动作": 2,
        "价格": 1,
        "渠道": 1,
        "其他": 1,
    }
    assert {name: count for name, (_href, count) in rivals.items()} == {
        "全部竞品": 6,
        "蓝鲸智能": 5,
        "沐风电器": 1,
    }
    for href, count in (*kinds.values(), *rivals.values()):
        assert found(admin.get(href).text) == count, href


def test_filters_hold_together_and_stay_in_the_links(said: PagesDesk, admin: httpx.Client) -> None:
    page = admin.get("/competitors?period=7&brand=brand_rival&activity=营销动作&q=又").text
    assert found(page) == 1
    href, count = tabs(page, "类型")["全部"]
    assert count == 1
    assert "brand=brand_rival" in href
    assert "period=7" in href


def test_the_period_is_of_local_days(said: PagesDesk, admin: httpx.Client) -> None:
    """The clock stands at 16:00 in Shanghai: 30 hours ago was yesterday."""
    assert found(admin.get("/competitors?from=2026-07-01&to=2026-07-01").text) == 5
    assert found(admin.get("/competitors?from=2026-06-30&to=2026-06-30").text) == 1
    wrong = admin.get("/competitors?from=2026-07-02&to=2026-07-01")
    assert wrong.status_code == 422
    assert "开始日期" in wrong.text


def test_the_share_of_voice_counts_each_brand_and_leads_to_its_mentions(
    said: PagesDesk, admin: httpx.Client
) -> None:
    opened = said.service
    period = chosen_period("7", "", "", now=opened.clock.now(), zone=opened.zone)
    shown = voices(opened, period)
    assert [voice.name for voice in shown.voices] == ["星澜科技", "蓝鲸智能", "沐风电器"]
    own, whale, wind = shown.voices
    assert (whale.count, wind.count) == (5, 1)
    assert sum(voice.percent for voice in shown.voices) == pytest.approx(100)
    assert own.percent == pytest.approx(own.count / (own.count + 6) * 100)
    for voice in shown.voices:
        page = admin.get(voice.href).text
        assert found(page) == voice.count, voice.name
    assert shown.chart is not None
    assert len(shown.chart.columns) == 7
    assert "蓝鲸智能，4 条" in shown.trend_says


def test_the_export_holds_what_the_query_finds_and_runs_nothing(
    said: PagesDesk, admin: httpx.Client
) -> None:
    answer = admin.get("/competitors.csv?period=7&brand=brand_rival")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert "attachment" in answer.headers["content-disposition"]
    text = answer.content.decode("utf-8-sig")
    header, *rows = csv.reader(io.StringIO(text, newline=""))
    assert header[:4] == ["发布时间", "平台", "竞品", "类型"]
    assert len(rows) == 5
    assert rows[0][0] == "2026-07-01 15:00:00"
    assert "'=蓝鲸智能的价格表" in [row[6] for row in rows]
    assert answer.content.startswith(b"\xef\xbb\xbf")


def test_a_wrong_query_is_shown_at_its_place(said: PagesDesk, admin: httpx.Client) -> None:
    page = admin.get("/competitors", params={"q": "新品 kind:bogus"})
    assert page.status_code == 422
    assert re.search(r"<code>新品 kind:<b>b</b>ogus</code>", page.text)
    assert admin.get("/competitors.csv", params={"q": "(新品"}).status_code == 422


def test_without_mentions_or_competitors_the_page_says_what_to_do(
    desk: PagesDesk, admin: httpx.Client
) -> None:
    assert "检查竞品的别名" in admin.get("/competitors?period=7").text
    assert "没有符合条件" in admin.get("/competitors?activity=资本").text
    with desk.service.records.write() as session:
        session.get_one(Brand, "brand_rival").archived_at = desk.service.clock.now()
    page = admin.get("/competitors").text
    assert "还没有竞品" in page
    assert "/admin/brands/new" in page


@pytest.mark.parametrize(
    ("role", "status"),
    [("researcher", 200), ("brand_manager", 200), ("legal", 200), ("agency", 403)],
)
def test_who_may_read_mentions_sees_competitors(role: str, status: int, as_role: AsRole) -> None:
    client = as_role(role)
    assert client.get("/competitors").status_code == status
    assert client.get("/competitors.csv").status_code == status
