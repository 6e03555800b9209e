"""The wall of cards: what has no picture shows its first words, what runs out is a list."""

import re

import httpx
import pytest
from pages_desk import AsRole
from pages_library import FORBIDDEN, PagesLibrary


@pytest.fixture
def editor(shelf: PagesLibrary, as_role: AsRole) -> httpx.Client:
    return as_role("brand_manager")


def excerpts(page: str) -> list[str]:
    return re.findall(r'class="asset-excerpt" aria-hidden="true">(.*?)</span>', page, re.S)


def test_a_text_shows_its_first_words_and_a_picture_itself(editor: httpx.Client) -> None:
    page = editor.get("/assets").text
    assert FORBIDDEN[:6] in "\n".join(excerpts(page))
    assert 'class="asset-excerpt"' not in editor.get("/assets?q=海报").text


def test_the_list_view_shows_no_first_words(editor: httpx.Client) -> None:
    assert not excerpts(editor.get("/assets?view=list").text)


def test_what_runs_out_within_a_month_is_a_list(editor: httpx.Client) -> None:
    page = editor.get("/assets?expires=30").text
    assert "门店海报 冬季" in page
    assert "星澜科技 VI 手册 2026" not in page
    assert "30 天内到期" in page


def test_a_hit_names_the_pages_it_is_on(shelf: PagesLibrary, editor: httpx.Client) -> None:
    page = editor.get(f"/assets/{shelf.handbook}", params={"q": "最小宽度"}).text
    assert re.search(r"找的字在.*?page=2.*?第 2 页", page, re.S)
    assert "找的字在" not in editor.get(f"/assets/{shelf.handbook}").text


def test_what_may_not_be_used_is_not_the_main_button(
    shelf: PagesLibrary, editor: httpx.Client
) -> None:
    page = editor.get(f"/assets/{shelf.recalled}").text
    assert not re.search(r'is-main"[^>]*>下载', page)
    assert re.search(r'is-main"[^>]*>下载', editor.get(f"/assets/{shelf.handbook}").text)
