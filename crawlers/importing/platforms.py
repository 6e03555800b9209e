"""Names of platforms as people write them, and the platform that an address belongs to."""

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from urllib.parse import urlsplit

from crawlers.raw import SourceType


@dataclass(frozen=True)
class _Known:
    by_name: dict[str, str]
    by_host: dict[str, str]
    source_types: dict[str, SourceType]


def platform_named(name: str) -> str:
    """Return our name of a platform (``微博`` → ``weibo``); an unknown one keeps its own."""
    return _known().by_name.get(name.strip().lower(), name.strip())


def platform_of(url: str | None) -> str:
    """Return the platform of an address: a known one, else the host without ``www.``; or empty."""
    try:
        host = (urlsplit(url or "").hostname or "").removeprefix("www.")
    except ValueError:
        return ""
    labels = host.split(".")
    for start in range(len(labels) - 1):
        known = _known().by_host.get(".".join(labels[start:]))
        if known:
            return known
    return host


def source_type_of(platform: str) -> SourceType | None:
    """Return the kind of source that a platform's texts are scored as; None where unknown."""
    return _known().source_types.get(platform)


@cache
def _known() -> _Known:
    text = files("crawlers.importing").joinpath("platforms.json").read_text(encoding="utf-8")
    data = json.loads(text)
    return _Known(
        {name: key for key, platform in data.items() for name in (*platform["names"], key)},
        {host: key for key, platform in data.items() for host in platform["hosts"]},
        {key: platform["source_type"] for key, platform in data.items()},
    )
