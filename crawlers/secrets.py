"""Headers of a source may name secrets, which are read when a crawl is made and never kept."""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

SETTING: Final = "SHENGYU_SOURCE_SECRET_"
# A colon before the name only: "Bearer secret:FORUM" is a header too.
_NAMED: Final = re.compile(r"secret:([A-Z0-9][A-Z0-9_]{0,63})")
_PRINTABLE: Final = re.compile(r"[\x20-\x7e\x80-\xff]*")

Secret = Callable[[str], str | None]


def secret_names(rules: Mapping[str, Any]) -> list[str]:
    """Return the names of the secrets that the headers of *rules* ask for."""
    headers = rules.get("headers")
    values = headers.values() if isinstance(headers, dict) else ()
    return list(dict.fromkeys(name for value in values for name in _NAMED.findall(str(value))))


def filled_headers(
    rules: Mapping[str, Any], secret: Secret
) -> tuple[dict[str, str], tuple[str, ...]]:
    """Return the headers of *rules* with their secrets, and the names that nobody has set.

    A secret that no header can carry (a line break in it) counts as not set.
    """
    found = {name: secret(name) for name in secret_names(rules)}
    usable = {name: value for name, value in found.items() if value and _fits(value)}
    missing = tuple(name for name in found if name not in usable)
    headers = rules.get("headers")
    if missing or not isinstance(headers, dict):
        return {}, missing
    return {
        name: _NAMED.sub(lambda named: usable[named[1]], str(value))
        for name, value in headers.items()
    }, ()


def _fits(value: str) -> bool:
    return _PRINTABLE.fullmatch(value) is not None
