"""Every text of the pages passes through gettext, so that another language can be added."""

import ast
import re
from pathlib import Path

import pytest
from jinja2 import nodes

import api.pages
from api.pages import i18n
from api.pages.render import TEMPLATES, environment

_HAN = re.compile(r"[㐀-鿿]")
_GETTEXT = {"_", "ngettext", "gettext"}
_IN_CONTEXT = "pgettext"
# Spoken by the machine itself: marks that are no words.
MODULES = sorted(Path(api.pages.__file__).parent.glob("*.py"))
SCRIPTS = sorted((TEMPLATES.parent / "static").glob("*.js"))


def _wrapped(tree: ast.AST) -> set[int]:
    """The string constants that are arguments of a gettext call, and docstrings."""
    found: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in _GETTEXT:
            found |= {id(part) for part in node.args[:1]}
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == _IN_CONTEXT:
            found |= {id(part) for part in node.args[1:2]}
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            found.add(id(node.value))
    return found


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.name)
def test_no_module_holds_chinese_outside_gettext(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    wrapped = _wrapped(tree)
    loose = [
        (node.lineno, node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and _HAN.search(node.value)
        and id(node) not in wrapped
    ]
    assert loose == []


@pytest.mark.parametrize("path", sorted(TEMPLATES.glob("*.html")), ids=lambda path: path.name)
def test_no_template_holds_chinese_outside_gettext(path: Path) -> None:
    tree = environment().parse(path.read_text(encoding="utf-8"))
    wrapped = {
        id(call.args[0])
        for call in tree.find_all(nodes.Call)
        if isinstance(call.node, nodes.Name) and call.node.name in _GETTEXT
    }
    wrapped |= {
        id(call.args[1])
        for call in tree.find_all(nodes.Call)
        if isinstance(call.node, nodes.Name) and call.node.name == _IN_CONTEXT
    }
    loose = [data.data for data in tree.find_all(nodes.TemplateData) if _HAN.search(data.data)]
    loose += [
        const.value
        for const in tree.find_all(nodes.Const)
        if isinstance(const.value, str) and _HAN.search(const.value) and id(const) not in wrapped
    ]
    assert loose == []


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_no_script_holds_chinese(path: Path) -> None:
    assert not _HAN.search(path.read_text(encoding="utf-8"))


def test_a_catalogue_is_compiled_when_it_is_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "en" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "shengyu.po").write_text(
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n'
        'msgid "今日"\nmsgstr "Today"\n',
        encoding="utf-8",
    )
    monkeypatch.setattr(i18n, "_CATALOGUES", tmp_path)
    assert i18n.languages() == ["zh", "en"]
    assert i18n.catalogue("en").gettext("今日") == "Today"
    i18n.catalogue.cache_clear()


@pytest.mark.parametrize(
    ("cookie", "accepted", "expected"),
    [
        ("", "zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("", "en-GB,en;q=0.9", "en"),
        ("zh", "en", "zh"),
        ("xx", "fr", "zh"),
        ("", "", "zh"),
    ],
)
def test_the_cookie_chooses_the_language_before_the_browser_does(
    cookie: str, accepted: str, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(i18n, "languages", lambda: ["zh", "en"])
    cookies = {i18n.LANGUAGE_COOKIE: cookie} if cookie else {}
    assert i18n.chosen_language(cookies, accepted) == expected
