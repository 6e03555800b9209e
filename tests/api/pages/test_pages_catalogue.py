"""The catalogue of English is whole, and no page in English shows a text of ours in Chinese."""

import importlib.util
import re
from html.parser import HTMLParser
from pathlib import Path
from types import ModuleType
from typing import Any, get_args

import httpx
import pytest
from approved_messages import write_message
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po
from pages_desk import AsRole
from pages_library import PagesLibrary

from assets.wording.rule import CATEGORIES, Category
from sentiment.activity import ACTIVITIES, OTHER, ActivityName

ROOT = Path(__file__).parents[3]
ENGLISH = ROOT / "api" / "locale" / "en" / "LC_MESSAGES" / "shengyu.po"
HAN = re.compile(r"[㐀-鿿]")
PLACE = re.compile(r"%\(\w+\)s|\{[^}]*\}|%%")
# Chinese that stays: names of examples, what a query looks like, the platforms' own way to write.
QUOTED = re.compile(
    r"[“「][^”」]*[”」]|净化器|异味|招聘|星澜科技|新品|扫地机|客服|没回电话|全网销量第一|除菌率"
)
# What the desk of the tests writes, and a text of the pages too.
WRITTEN = {"手册"}
SHOWN_ATTRIBUTES = ("title", "placeholder", "aria-label", "alt", "data-confirm")
ROOMS = (
    "/",
    "/mentions",
    "/cases",
    "/cases?state=closed",
    "/competitors",
    "/assets",
    "/assets?view=list",
    "/assets/new",
    "/messages",
    "/messages/new",
    "/reviews",
    "/reports",
    "/reports/cases",
    "/admin/sources",
    "/admin/sources/new",
    "/admin/brands",
    "/admin/brands/new",
    "/admin/routes",
    "/admin/outbox",
    "/admin/accounts",
    "/admin/accounts/new",
    "/setup",
    "/nowhere",
)


def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("catalogue", ROOT / "scripts" / "catalogue.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def catalogue() -> Any:
    return script()


@pytest.fixture(scope="module")
def texts(catalogue: Any) -> Catalog:
    found: Catalog = catalogue.texts()
    return found


@pytest.fixture(scope="module")
def english() -> Catalog:
    with ENGLISH.open("rb") as file:
        return read_po(file, locale="en")


def _said(message: Message) -> list[tuple[str, str]]:
    """Every form of the text with its translation."""
    ids = [message.id] if isinstance(message.id, str) else list(message.id)
    given = message.string or ""
    told = [given] if isinstance(given, str) else list(given)
    return list(zip(ids, told, strict=True))


def _messages(catalog: Catalog) -> list[Message]:
    return [message for message in catalog if message.id]


def test_every_text_has_a_translation(catalogue: Any, texts: Catalog) -> None:
    assert catalogue.untranslated(catalogue.updated(ENGLISH, texts)) == []


def test_the_file_is_what_the_script_writes(catalogue: Any, texts: Catalog) -> None:
    again = catalogue.written(catalogue.updated(ENGLISH, texts))
    assert again == ENGLISH.read_bytes(), "run python scripts/catalogue.py"


def test_a_translation_fills_the_same_places(english: Catalog) -> None:
    differ = [
        text
        for message in _messages(english)
        for text, told in _said(message)
        if sorted(PLACE.findall(text)) != sorted(PLACE.findall(told))
    ]
    assert differ == []


def test_only_texts_in_chinese_wait_for_a_translator(english: Catalog) -> None:
    plain = re.compile(r"[^\x00-\x7f]")
    assert [m.id for m in _messages(english) if not plain.search(str(m.id))] == []


def test_a_translation_holds_no_chinese_but_examples(english: Catalog) -> None:
    wide = re.compile(r"[，。；：！？（）《》【】、]")
    chinese = [
        told
        for message in _messages(english)
        for _text, told in _said(message)
        if HAN.search(QUOTED.sub("", told))
        or wide.search(QUOTED.sub("", told).replace("，", "", 1))
    ]
    assert chinese == []


def test_what_the_library_and_the_judges_name_is_marked() -> None:
    assert get_args(Category) == CATEGORIES
    assert (*get_args(ActivityName), OTHER) == ACTIVITIES


class Shown(HTMLParser):
    """The texts of a page: between its tags, and in what a browser shows of attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.texts += [
            value
            for name, value in attrs
            if value and (name in SHOWN_ATTRIBUTES or name.startswith("data-text"))
        ]

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.texts.append(data.strip())


def shown(html: str) -> list[str]:
    reader = Shown()
    reader.feed(html)
    return reader.texts


def patterns(english: Catalog) -> list[re.Pattern[str]]:
    """One for each text of the pages that can be told from what people write."""
    found = []
    for message in _messages(english):
        for text, told in _said(message):
            fixed = PLACE.sub("", text)
            if len(HAN.findall(fixed)) >= 2 and text != told:
                parts = [re.escape(part) for part in PLACE.split(text)]
                found.append(re.compile(".+".join(parts), re.DOTALL))
    return found


@pytest.fixture
def speaking(as_role: AsRole) -> httpx.Client:
    client = as_role("admin")
    client.headers["accept-language"] = "en-GB,en;q=0.9"
    return client


def test_no_page_in_english_shows_a_text_in_chinese(
    speaking: httpx.Client, shelf: PagesLibrary, english: Catalog
) -> None:
    desk, ours = shelf.desk, patterns(english)
    said = write_message(desk.service.records, desk.service.clock).id
    pages = [
        *ROOMS,
        f"/cases/{desk.open_case}",
        f"/cases/{desk.closed_case}",
        f"/assets/{shelf.handbook}",
        f"/assets/{shelf.recalled}",
        f"/assets/{shelf.forbidden}",
        f"/reviews/{shelf.review}",
        f"/messages/{said}",
        f"/messages/{said}/edit",
        f"/admin/outbox/{desk.mail}",
    ]
    left = set()
    for path in pages:
        answer = speaking.get(path, follow_redirects=True)
        assert answer.status_code in {200, 404}, path
        assert '<html lang="en"' in answer.text, path
        for text in shown(answer.text):
            if (
                text not in WRITTEN
                and HAN.search(text)
                and any(each.fullmatch(text) for each in ours)
            ):
                left.add((path, text))
    assert left == set()


def test_signing_in_is_said_in_english(as_role: AsRole) -> None:
    page = as_role().get("/login", headers={"accept-language": "en"})
    assert [text for text in shown(page.text) if HAN.search(text)] == ["中文"]


@pytest.mark.parametrize("accepted", [None, "zh-CN,zh;q=0.9,en;q=0.5", "fr-FR"])
def test_everybody_else_is_answered_in_chinese(as_role: AsRole, accepted: str | None) -> None:
    client = as_role("admin")
    page = client.get("/cases", headers={"accept-language": accepted} if accepted else {})
    assert '<html lang="zh-CN"' in page.text
    assert "待处理" in page.text
