"""What one rule may be. Each raises ``InvalidInput`` that names the rule and says what to write."""

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from cssselect import SelectorError
from parsel import Selector

from core.errors import InvalidInput

Rules = Mapping[str, Any]
_LONGEST_RULE: Final = 1000
_LONGEST_PATTERN: Final = 300
_MOST_PATTERNS: Final = 50


def known_names(rules: Rules, names: Iterable[str], inside: str = "") -> None:
    """Refuse a rule that this kind of source does not have."""
    known = tuple(names)
    for name in rules:
        if name not in known:
            listed = "、".join(known)
            raise InvalidInput(f"不认识的规则 {name}；可用的有 {listed}。", field=inside + name)


def text(rules: Rules, name: str, inside: str = "") -> str | None:
    """Return the text *name*, None where it is missing or blank."""
    value = rules.get(name)
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        raise InvalidInput(f"规则 {inside}{name} 应为文字。", field=inside + name)
    if len(value) > _LONGEST_RULE:
        raise InvalidInput(
            f"规则 {inside}{name} 最多 {_LONGEST_RULE} 个字符。", field=inside + name
        )
    return value


def flag(rules: Rules, name: str) -> bool:
    """Return the switch *name*, off where it is missing."""
    value = rules.get(name)
    if value is None:
        return False
    if not isinstance(value, bool):
        raise InvalidInput(f"规则 {name} 应为 true 或 false。", field=name)
    return value


def number(rules: Rules, name: str, default: int, least: int, most: int, inside: str = "") -> int:
    """Return the whole number *name* between *least* and *most*."""
    value = rules.get(name)
    if value is None:
        return default
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise InvalidInput(
            f"规则 {inside}{name} 应为 {least} 到 {most} 之间的整数。", field=inside + name
        )
    return value


def patterns(rules: Rules, name: str) -> tuple[str, ...]:
    """Return the list of address patterns *name*: ``*`` is anything, ``?`` one character."""
    value = rules.get(name)
    if value is None:
        return ()
    if isinstance(value, str):
        value = value.split()
    if not isinstance(value, list) or len(value) > _MOST_PATTERNS:
        raise InvalidInput(f"规则 {name} 应为列表，最多 {_MOST_PATTERNS} 项。", field=name)
    for pattern in value:
        if not isinstance(pattern, str) or not 0 < len(pattern) <= _LONGEST_PATTERN:
            raise InvalidInput(
                f"规则 {name} 的每一项应为网址样式，如 */news/*，最多 {_LONGEST_PATTERN} 个字符。",
                field=name,
            )
    return tuple(value)


def choice(rules: Rules, name: str, choices: tuple[str, ...], inside: str = "") -> str | None:
    """Return *name*, one of *choices* or None."""
    value = text(rules, name, inside)
    if value is not None and value not in choices:
        raise InvalidInput(
            f"规则 {inside}{name} 应为其中之一：{'、'.join(choices)}。", field=inside + name
        )
    return value


def part(rules: Rules, name: str) -> Rules:
    """Return the rules below *name*, none where it is missing."""
    value = rules.get(name)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise InvalidInput(f"规则 {name} 应为对象：{{…}}。", field=name)
    return value


def css(rules: Rules, names: Iterable[str]) -> None:
    """Refuse what is no CSS selector."""
    for name in names:
        rule = text(rules, name)
        if rule is None:
            continue
        try:
            Selector("<p/>").css(rule)
        except (SelectorError, ValueError) as error:
            raise InvalidInput(f"规则 {name} 不是 CSS 选择器：{error}", field=name) from error


# What a header may not be: the connection's own, and the name that our crawls go by.
_FIXED: Final = frozenset(
    {"host", "content-length", "transfer-encoding", "connection", "te", "upgrade", "user-agent"}
)
_HEADER: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,63}")
_VALUE: Final = re.compile(r"[\x20-\x7e]{0,4000}")
_MOST_HEADERS: Final = 20


def headers(rules: Rules) -> None:
    """Refuse headers that cannot or may not be sent."""
    given = part(rules, "headers")
    if len(given) > _MOST_HEADERS:
        raise InvalidInput(f"请求头最多 {_MOST_HEADERS} 个。", field="headers")
    for name, value in given.items():
        where = f"headers.{name}"
        if not _HEADER.fullmatch(name):
            raise InvalidInput("请求头的名称只能用字母、数字和 -。", field=where)
        if name.lower() in _FIXED or name.lower().startswith("proxy-"):
            raise InvalidInput(f"请求头 {name} 由系统设定，不能改。", field=where)
        if not isinstance(value, str) or not _VALUE.fullmatch(value):
            raise InvalidInput(f"请求头 {name} 应为一行英文文字，或 secret:名称。", field=where)
        if "secret:" in value and not re.search(r"secret:[A-Z0-9][A-Z0-9_]{0,63}(?![a-z])", value):
            raise InvalidInput("secret: 后面应为大写字母、数字和 _ 组成的名称。", field=where)


_MOST_VISITS: Final = 20
_LONGEST_HOURS: Final = 24 * 365


def revisits(rules: Rules) -> None:
    """Refuse hours of re-visits that are no growing list; an empty list means never."""
    hours = rules.get("revisit_hours")
    if hours is None:
        return
    numbers = isinstance(hours, list) and all(
        isinstance(hour, int | float) and not isinstance(hour, bool) and 0 < hour <= _LONGEST_HOURS
        for hour in hours
    )
    if not numbers or len(hours) > _MOST_VISITS or sorted(hours) != hours:
        raise InvalidInput(
            "规则 revisit_hours 应为由小到大的小时数列表，如 [1, 6, 24]；[] 表示不再回访。",
            field="revisit_hours",
        )
