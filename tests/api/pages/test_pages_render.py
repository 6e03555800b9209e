"""Every page renders, escapes what strangers wrote, and holds no inline style or script."""

import re
from html.parser import HTMLParser

import httpx
from pages_desk import HOSTILE, PagesDesk

PATHS = (
    "/",
    "/mentions",
    "/mentions?q=净化器",
    "/mentions?label=negative&brand=brand_own",
    "/mentions?q=story:story_smell",
    "/mentions?q=没有这个词",
    "/mentions?q=(净化器 OR",
    "/cases",
    "/cases?show=closed",
    "/cases?show=all&q=净化器",
    "/cases/{open_case}",
    "/cases/{open_case}?do=resolve",
    "/cases/{hostile_case}",
    "/cases/{closed_case}",
    "/cases/{open_case}/acknowledge?k=wrong",
    "/admin/sources",
    "/admin/sources/new",
    "/admin/sources/{source}",
    "/admin/brands",
    "/admin/brands/new",
    "/admin/brands/{brand}",
    "/admin/outbox",
    "/admin/outbox?show=failed",
    "/admin/outbox/{mail}",
    "/admin/accounts",
    "/admin/accounts/new",
    "/admin/accounts/user_legal",
    "/admin/accounts/tokens/new",
    "/competitors",
    "/competitors?q=(净化器 OR",
    "/reports",
    "/reports?period=90",
    "/reports/cases",
    "/reports/assets",
    "/setup",
    "/password",
    "/login",
    "/nowhere",
)
_HANDLERS = re.compile(r"on[a-z]+")


class _Inline(HTMLParser):
    """Collects what a strict content security policy forbids."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.ids: list[str] = []
        self._in_script = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "style" or "style" in given:
            self.found.append(f"<{tag} style>")
        self.found += [f"<{tag} {name}>" for name in given if _HANDLERS.fullmatch(name)]
        if tag == "script" and "src" not in given:
            self.found.append("<script>")
        for name in ("href", "src", "action"):
            if (given.get(name) or "").lower().startswith(("javascript:", "data:", "//")):
                self.found.append(f"<{tag} {name}={given[name]}>")
        if given.get("id"):
            self.ids.append(str(given["id"]))


def _path(path: str, desk: PagesDesk) -> str:
    return path.format_map(vars(desk))


def test_every_page_renders_for_the_admin_without_anything_inline(
    admin: httpx.Client, desk: PagesDesk
) -> None:
    for path in PATHS:
        answer = admin.get(_path(path, desk))
        assert answer.status_code in {200, 404, 422}, path
        parser = _Inline()
        parser.feed(answer.text)
        assert parser.found == [], path
        assert len(parser.ids) == len(set(parser.ids)), f"an id stands twice in {path}"
        assert answer.text.count("<h1") == 1, path
        assert '<html lang="zh-CN"' in answer.text
        assert "script-src 'self'" in answer.headers["content-security-policy"]
        assert "<script>alert" not in answer.text, path
        assert "<img src=x" not in answer.text, path


def test_hostile_text_is_there_to_be_escaped(admin: httpx.Client, desk: PagesDesk) -> None:
    for path in ("/", "/mentions", f"/cases/{desk.hostile_case}", "/admin/sources"):
        assert "&lt;script&gt;alert(1)" in admin.get(path).text, path
    assert HOSTILE not in admin.get("/mentions", params={"q": f'"{HOSTILE}"'}).text


def test_static_files_are_kept_for_ever_under_the_hash_of_their_content(
    admin: httpx.Client,
) -> None:
    address = re.search(r'href="(/static/[0-9a-f]{12}/tokens\.css)"', admin.get("/login").text)
    assert address is not None
    answer = admin.get(address[1])
    assert answer.status_code == 200
    assert "immutable" in answer.headers["cache-control"]
    assert admin.get(address[1].replace("tokens.css", "../app.py")).status_code == 404
