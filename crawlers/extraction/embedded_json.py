"""Articles that a script of the page carries, where the page itself is drawn by the browser."""

import html as entities
import json
import re
from collections.abc import Callable, Iterable
from typing import Any, Final
from urllib.parse import unquote

from lxml import html

from crawlers.extraction.host_rule import Embedded

Values = Callable[[Iterable[str]], list[str]]

_LONGEST_SCRIPT: Final = 4_000_000
_MOST_VALUES: Final = 2_000
_MOST_SCRIPTS: Final = 5
_DECODER: Final = json.JSONDecoder()
_JSON_START: Final = re.compile(r"[\[{]|JSON\.parse\(\s*(?=\")|\"(?=[\[{%])|%7B", re.I)
_NOT_JSON: Final = re.compile(r"(?<=[:,\[])\s*(?:undefined|NaN)(?=\s*[,}\]])")
_QUOTED: Final = r"""\s*["']?\s*[:=]\s*("(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')"""
_ESCAPE: Final = re.compile(r"\\(u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|.)", re.S)
_ESCAPED: Final = {"n": "\n", "t": "\t", "r": "", "b": "", "f": ""}


def values_of(embedded: Embedded, tree: html.HtmlElement) -> Values:
    """Return what looks paths up in the script that *embedded* names; nothing found gives [].

    Wrong types, broken JSON and JSON nested too deep give nothing; it never raises for a page.
    """
    scripts = _scripts(embedded, tree)
    if embedded.form == "js":
        return lambda paths: _first(
            _js_string(script, path) for path in paths for script in scripts
        )
    read = next(filter(None, (_read(script[len(embedded.marker) :]) for script in scripts)), None)
    return lambda paths: _first(_at(read, path.split(".")) for path in paths)


def _scripts(embedded: Embedded, tree: html.HtmlElement) -> list[str]:
    """Return the scripts that *embedded* may mean, from its marker on."""
    found = []
    for node in tree.iter("script"):
        text = node.text or ""
        if embedded.id and node.get("id") == embedded.id:
            found.append(text[:_LONGEST_SCRIPT])
        elif embedded.marker and embedded.marker in text:
            found.append(text[text.index(embedded.marker) :][:_LONGEST_SCRIPT])
    return found[:_MOST_SCRIPTS]


def _read(script: str) -> Any:
    start = _JSON_START.search(script)
    if start is None:
        return None
    text = script[start.start() :]
    try:
        if text.startswith("%"):
            return json.loads(unquote(text.strip()))
        if text[0] in "[{":
            return _value(text)
        inner = _value(text[text.index('"') :])
        return _value(unquote(inner) if inner.startswith("%") else inner)
    except (ValueError, RecursionError):
        return None


def _value(text: str) -> Any:
    try:
        return _DECODER.raw_decode(text)[0]
    except ValueError:
        return _DECODER.raw_decode(_NOT_JSON.sub("null", text))[0]


def _at(value: Any, path: list[str]) -> list[str]:
    found = [value]
    for key in path:
        found = [child for one in found for child in _children(one, key)][:_MOST_VALUES]
    return [_plain(one) for one in found if isinstance(one, str | int) and one is not True]


def _children(value: Any, key: str) -> list[Any]:
    if isinstance(value, dict):
        return list(value.values()) if key == "*" else [value[key]] if key in value else []
    if isinstance(value, list):
        if key == "*":
            return value
        return [value[int(key)]] if key.isdecimal() and int(key[:6]) < len(value) else []
    return []


def _plain(value: str | int) -> str:
    return _unescaped(value) if isinstance(value, str) else str(value)


def _js_string(script: str, name: str) -> list[str]:
    found = re.search(rf"(?<![\w$.]){re.escape(name)}{_QUOTED}", script)
    if found is None:
        return []
    # Some pages put a JSON string, its quotes escaped, into the script's own string.
    text = found[1][1:-1].removeprefix("&quot;").removesuffix("&quot;")
    return [_unescaped(_ESCAPE.sub(_escaped, text))]


def _escaped(found: re.Match[str]) -> str:
    mark = found[1]
    return chr(int(mark[1:], 16)) if len(mark) > 1 else _ESCAPED.get(mark, mark)


def _unescaped(text: str) -> str:
    """Undo the escaping of a whole value: markup that has no tag but escaped ones."""
    return text if "<" in text or "&" not in text else entities.unescape(text)


def _first(found: Iterable[list[str]]) -> list[str]:
    return next((values for values in found if any(map(str.strip, values))), [])
