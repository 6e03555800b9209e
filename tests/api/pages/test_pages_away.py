"""What pages show while a store is away: what is missing, and everything that is not."""

from typing import NoReturn

import httpx
import pytest
from pages_desk import PagesDesk

from core.errors import StorageError

_WAITS = "采集到的内容在排队"


def test_today_shows_its_cases_without_the_index(admin: httpx.Client, desk: PagesDesk) -> None:
    whole = admin.get("/").text
    desk.service.index.close()
    page = admin.get("/")
    assert page.status_code == 200
    assert _WAITS in page.text
    assert "走势暂时取不到" in page.text
    assert page.text.count("/cases/case_") == whole.count("/cases/case_") > 0
    assert "24 小时处理率" in page.text
    assert "今日负面占比" not in page.text


@pytest.mark.parametrize("path", ["/cases", "/messages", "/reviews", "/admin/sources"])
def test_pages_that_need_no_index_are_there_and_say_that_it_is_away(
    admin: httpx.Client, desk: PagesDesk, path: str
) -> None:
    assert _WAITS not in admin.get(path).text
    desk.service.index.close()
    page = admin.get(path)
    assert page.status_code == 200
    assert _WAITS in page.text


@pytest.mark.parametrize("path", ["/mentions", "/competitors", "/reports"])
def test_pages_that_need_the_index_say_so_and_keep_their_ways_out(
    admin: httpx.Client, desk: PagesDesk, path: str
) -> None:
    desk.service.index.close()
    page = admin.get(path)
    assert page.status_code == 503
    assert "搜索索引暂时连不上，这个页面要用到它" in page.text
    assert 'href="/cases"' in page.text
    assert "search.sqlite" not in page.text


def test_without_the_records_a_page_says_that_nothing_is_lost(
    admin: httpx.Client, desk: PagesDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> NoReturn:
        raise StorageError("connection refused")

    monkeypatch.setattr(desk.service.records, "read", broken)
    page = admin.get("/cases")
    assert page.status_code == 503
    assert "主数据库暂时连不上" in page.text
    assert "connection refused" not in page.text
