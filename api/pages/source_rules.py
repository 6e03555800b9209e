"""The rules of a source as fields of a form, and back: which kind has which, and how each is read.

A field is called ``rule_`` and the path of its rule. Whatever the fields cannot say is written as
JSON, which holds all rules of any kind.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

from api.pages.i18n import _
from core.errors import InvalidInput
from crawlers.rules import COMMENT_RULES, FIELD_RULES
from crawlers.rules.json_api import FIELDS as API_FIELDS

PREFIX: Final = "rule_"
JSON_FIELD: Final = "rules_json"
BY_JSON: Final = "by_json"

_FEED: Final = ("follow", "follow_below")
_LISTING: Final = ("item", "next")
_SITEMAP: Final = ("newer_days", "include", "exclude")
_API: Final = ("items", *(f"fields.{name}" for name in API_FIELDS), "url_template")
_API_MORE: Final = ("method", "body", "ok", "error_message", "follow", "comments")
_PAGING: Final = tuple(f"paging.{name}" for name in ("by", "parameter", "first", "step", "next"))
_REQUEST: Final = ("headers", "revisit_hours")
_PAGE: Final = (("article", FIELD_RULES), ("comment", COMMENT_RULES), ("request", _REQUEST))
# Kind → groups of rules, the first always open.
GROUPS: Final[dict[str, tuple[tuple[str, tuple[str, ...]], ...]]] = {
    "feed": (("main", _FEED), *_PAGE),
    "listing": (("main", _LISTING), *_PAGE),
    "sitemap": (("main", _SITEMAP), *_PAGE),
    "json_api": (("main", _API), ("paging", _PAGING), ("more", _API_MORE), ("request", _REQUEST)),
    "folder": (("main", ("folder",)),),
}
NAMES: Final = tuple(
    dict.fromkeys(name for groups in GROUPS.values() for _group, names in groups for name in names)
)


class _Form(NamedTuple):
    """How a rule is written in a field and read from it."""

    write: Callable[[Any], str]
    read: Callable[[str], Any]


def rules_of(kind: str, values: Mapping[str, str]) -> dict[str, Any]:
    """Return the rules that a form says. Raises ``InvalidInput`` naming the field."""
    if values.get(BY_JSON) == "on":
        return _json_object(values.get(JSON_FIELD, ""))
    rules: dict[str, Any] = {}
    for _group, names in GROUPS.get(kind, ()):
        for name in names:
            written = values.get(PREFIX + name, "")
            if written:
                _put(rules, name, _read(kind, name, written))
    return rules


def values_of(kind: str, rules: Mapping[str, Any]) -> dict[str, str]:
    """Return the fields that show *rules*; JSON is chosen where the fields cannot say them all."""
    own = {name for _group, names in GROUPS.get(kind, ()) for name in names}
    values = {PREFIX + name: _written(kind, name, rules) if name in own else "" for name in NAMES}
    values[JSON_FIELD] = json.dumps(rules, ensure_ascii=False, indent=2) if rules else ""
    try:
        whole = rules_of(kind, values) == _without_nothing(rules)
    except InvalidInput:
        whole = False
    values[BY_JSON] = "" if whole else "on"
    return values


def field_of_rule(rule: str, by_json: bool) -> str:
    """Return the field that shows what is wrong with *rule*, an error's field."""
    if by_json or rule == "rules":
        return JSON_FIELD
    for name in ("headers", "comments"):
        if rule.startswith(f"{name}."):
            return PREFIX + name
    return PREFIX + rule


def _read(kind: str, name: str, written: str) -> Any:
    try:
        return _form(kind, name).read(written)
    except ValueError as error:
        raise InvalidInput(str(error), field=PREFIX + name) from error


def _written(kind: str, name: str, rules: Mapping[str, Any]) -> str:
    value: Any = rules
    for part in name.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    return "" if value is None else _form(kind, name).write(value)


def _form(kind: str, name: str) -> _Form:
    # On a page `comments` selects their number, in an API it says how to get them.
    if name == "comments" and kind != "json_api":
        return _TEXT
    return _FORMS.get(name, _TEXT)


def _put(rules: dict[str, Any], name: str, value: Any) -> None:
    *above, last = name.split(".")
    for part in above:
        rules = rules.setdefault(part, {})
    rules[last] = value


def _without_nothing(rules: Mapping[str, Any]) -> dict[str, Any]:
    """Old listings keep a None for every field that was left blank."""
    return {name: value for name, value in rules.items() if value not in (None, "", {}, False)}


def _json_object(text: str) -> dict[str, Any]:
    try:
        rules = json.loads(text or "{}")
    except ValueError as error:
        raise InvalidInput(_("不是 JSON：%(why)s", why=error), field=JSON_FIELD) from error
    if not isinstance(rules, dict):
        raise InvalidInput(_("规则应为 JSON 对象：{ … }。"), field=JSON_FIELD)
    return rules


def _number(text: str) -> int:
    if not text.strip().isascii() or not text.strip().isdigit():
        raise ValueError(_("请填写整数。"))
    return int(text)


def _hours(text: str) -> list[float]:
    if text.strip() in {"[]", _("从不")}:
        return []
    try:
        numbers = [float(each) for each in text.replace("，", ",").split(",") if each.strip()]
    except ValueError:
        raise ValueError(_("请填写用逗号隔开的小时数，如 1, 6, 24。")) from None
    return [int(each) if each == int(each) else each for each in numbers if abs(each) < 1e9]


def _headers(text: str) -> dict[str, str]:
    headers = {}
    for line in filter(str.strip, text.splitlines()):
        name, colon, value = line.partition(":")
        if not colon:
            raise ValueError(_("每行一个请求头，写成“名称: 值”。"))
        headers[name.strip()] = value.strip()
    return headers


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        raise ValueError(_("不是 JSON：%(why)s", why=error)) from error


def _lines(value: Any) -> str:
    return value if isinstance(value, str) else "\n".join(str(each) for each in value)


def _header_lines(value: Any) -> str:
    pairs = value.items() if isinstance(value, Mapping) else ()
    return "\n".join(f"{name}: {each}" for name, each in pairs)


def _hour_list(value: Any) -> str:
    return ", ".join(f"{each:g}" for each in value) if value else "[]"


_TEXT: Final = _Form(str, str.strip)
_WHOLE: Final = _Form(str, _number)
_SWITCH: Final = _Form(lambda value: "on" if value else "", lambda text: text == "on")
_OBJECT: Final = _Form(lambda value: json.dumps(value, ensure_ascii=False, indent=2), _json)
_FORMS: Final[dict[str, _Form]] = {
    "follow": _SWITCH,
    "follow_below": _WHOLE,
    "newer_days": _WHOLE,
    "paging.first": _WHOLE,
    "paging.step": _WHOLE,
    "include": _Form(_lines, str.split),
    "exclude": _Form(_lines, str.split),
    "headers": _Form(_header_lines, _headers),
    "revisit_hours": _Form(_hour_list, _hours),
    "body": _OBJECT,
    "comments": _OBJECT,
}
