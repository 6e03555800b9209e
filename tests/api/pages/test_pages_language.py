"""Choosing the language of the pages."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from api.pages import i18n


@pytest.fixture
def english(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A catalogue of English that knows one word."""
    folder = tmp_path / "locale" / "en" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "shengyu.po").write_text(
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n'
        'msgid "登录"\nmsgstr "Sign in"\n',
        encoding="utf-8",
    )
    monkeypatch.setattr(i18n, "_CATALOGUES", tmp_path / "locale")
    i18n.catalogue.cache_clear()
    yield
    i18n.catalogue.cache_clear()


@pytest.mark.usefixtures("english")
def test_a_page_offers_the_other_language_and_remembers_it(client: httpx.Client) -> None:
    page = client.get("/login")
    assert 'href="/language/en?next=/login"' in page.text
    answer = client.get("/language/en?next=/login")
    assert answer.status_code == 303
    client.cookies.update(answer.cookies)
    shown = client.get("/login").text
    assert "Sign in" in shown
    assert 'lang="en"' in shown
    assert 'href="/language/zh?next=/login"' in shown


@pytest.mark.usefixtures("english")
@pytest.mark.parametrize(
    ("wanted", "leads_to"),
    [
        ("/cases%3Fstate%3Dopen", "/cases?state=open"),
        ("//evil.example", "/"),
        ("https://evil.example", "/"),
        ("/%5Cevil.example", "/"),
        ("", "/"),
    ],
)
def test_choosing_leads_back_into_this_service_only(
    client: httpx.Client, wanted: str, leads_to: str
) -> None:
    assert client.get(f"/language/en?next={wanted}").headers["location"] == leads_to


@pytest.mark.usefixtures("english")
def test_the_address_of_the_page_is_kept_with_its_query(admin: httpx.Client) -> None:
    page = admin.get("/mentions?q=%22a%26b%22&label=negative")
    assert "/language/en?next=/mentions%3Fq%3D" in page.text
    assert '"a&b"' not in page.text.partition("/language/")[2][:80]


def test_an_unknown_language_is_not_found(client: httpx.Client) -> None:
    assert client.get("/language/xx").status_code == 404
