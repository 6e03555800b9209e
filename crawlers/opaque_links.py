"""Links of aggregators that only lead on become the address that they hold."""

import json
from functools import cache
from importlib.resources import files
from urllib.parse import parse_qs, urlsplit


def true_address(url: str) -> str:
    """Return the address inside *url* where it is a known link of that kind, else *url*."""
    try:
        parts = urlsplit(url)
        names = _parameters().get(((parts.hostname or "").lower(), parts.path.lower()), ())
        held = parse_qs(parts.query) if names else {}
    except ValueError:
        return url
    for name in names:
        for address in held.get(name, ()):
            if address.startswith(("http://", "https://")):
                return address
    return url


@cache
def _parameters() -> dict[tuple[str, str], tuple[str, ...]]:
    text = files("crawlers").joinpath("opaque_links.json").read_text(encoding="utf-8")
    found: dict[tuple[str, str], tuple[str, ...]] = {}
    for link in json.loads(text)["links"]:
        place = link["host"], link["path"]
        found[place] = (*found.get(place, ()), link["parameter"])
    return found
