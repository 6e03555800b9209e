"""What a mention's id is made of; see the design's "The way of a mention"."""

import hashlib
import json
from functools import cache
from importlib.resources import files
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from w3lib.url import canonicalize_url

from crawlers.raw import Identity, RawMention


def mention_id(platform: str, identity: Identity, raw: RawMention, source_id: str | None) -> str:
    """Return the 40 hex digits that name *raw* for ever.

    *identity* is what the source declared: ``native_id`` gives ``platform:native_id``, ``url`` the
    canonical URL, ``content`` source + author + text. Where the declared part is missing from this
    one entry the next in that order is used. A comment has the URL of its page, so its own id names
    it even where URLs name the rest. Nothing else of the batch matters.
    """
    by_own_id = identity == "native_id" or (identity == "url" and raw.kind == "comment")
    if by_own_id and raw.native_id:
        return _sha1("native", f"{platform}:{raw.native_id}")
    if identity != "content" and raw.url:
        return _sha1("url", canonical_url(raw.url))
    return _sha1("content", source_id or platform, raw.author or "", raw.text.strip())


def canonical_url(url: str) -> str:
    """Return *url* in one spelling: host in lower case, query sorted, no fragment, no tracking.

    A URL that cannot be parsed is returned as it is.
    """
    try:
        parts = urlsplit(url.strip())
        host = (parts.hostname or "") + (f":{parts.port}" if _is_odd_port(parts) else "")
    except ValueError:
        return url
    if parts.scheme.lower() not in {"http", "https"} or not host:
        return url
    query = [
        (name, value)
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
        if not _tracks(name)
    ]
    bare = urlunsplit((parts.scheme.lower(), host, parts.path or "/", urlencode(query), ""))
    return str(canonicalize_url(bare))


def _is_odd_port(parts: object) -> bool:
    port = getattr(parts, "port", None)
    return port is not None and (getattr(parts, "scheme", ""), port) not in {
        ("http", 80),
        ("https", 443),
    }


def _tracks(name: str) -> bool:
    exact, prefixes = _tracking_parameters()
    return name.lower() in exact or name.lower().startswith(prefixes)


@cache
def _tracking_parameters() -> tuple[frozenset[str], tuple[str, ...]]:
    text = files("crawlers").joinpath("tracking_params.json").read_text(encoding="utf-8")
    names: list[str] = json.loads(text)["parameters"]
    exact = frozenset(name for name in names if not name.endswith("*"))
    return exact, tuple(name[:-1] for name in names if name.endswith("*"))


def _sha1(*parts: str) -> str:
    # sha1 names things here, it protects nothing.
    joined = "\x1f".join(parts).encode("utf-8", "replace")
    return hashlib.sha1(joined, usedforsecurity=False).hexdigest()
