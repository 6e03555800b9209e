"""How the pages of a JSON API are asked for, one after the other."""

import json
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urljoin

from w3lib.url import add_or_replace_parameter

from crawlers.json_items import find
from crawlers.rules.json_api import Api

_PLACE: Final = "{page}"
_LONGEST_CURSOR: Final = 2000


@dataclass(frozen=True)
class Ask:
    """One request: address, method, body, and what number or cursor it stands for."""

    url: str
    method: str = "GET"
    body: bytes = b""
    at: int | str | None = None


def first_ask(api: Api, url: str) -> Ask:
    """Return the request for the first page of the source at *url*."""
    paging = api.paging
    if paging is None or paging.by in {"cursor", "url"}:
        return _ask(api, url, None)
    return _ask(api, url, paging.first)


def next_ask(api: Api, url: str, last: Ask, answer: Any) -> Ask | None:
    """Return the request after *last*, whose *answer* it was; None where there is no more.

    Raises ``ApiError`` where the rule for the next page fails.
    """
    paging = api.paging
    if paging is None:
        return None
    if paging.by in {"page", "offset"}:
        if paging.next is not None and not find(paging.next, answer):
            return None  # such as has_more: false
        return _ask(api, url, int(last.at or 0) + paging.step)
    following = _told(find(paging.next, answer))
    if following is None or str(following) == str(last.at):
        return None
    if paging.by == "cursor":
        return _ask(api, url, following)
    return _at_address(api, last, str(following))


def _told(value: Any) -> int | str | None:
    """Return a cursor or an address as it can be sent, None for the end of the list."""
    usable = isinstance(value, str | int) and not isinstance(value, bool) and value != ""
    return value if usable and len(str(value)) <= _LONGEST_CURSOR else None


def _at_address(api: Api, last: Ask, following: str) -> Ask | None:
    try:
        address = urljoin(last.url, following)
    except ValueError:
        return None
    if not address.startswith(("http://", "https://")) or address == last.url:
        return None
    return Ask(address, api.method, _body(api, None), following)


def _ask(api: Api, url: str, at: int | str | None) -> Ask:
    if at is not None and api.paging and api.paging.parameter:
        url = add_or_replace_parameter(url, api.paging.parameter, str(at))
    return Ask(url, api.method, _body(api, at), at)


def _body(api: Api, at: int | str | None) -> bytes:
    if api.body is None:
        return b""
    return json.dumps(_placed(api.body, at), ensure_ascii=False).encode("utf-8", "replace")


def _placed(part: Any, at: int | str | None) -> Any:
    """Put *at* for ``{page}``: as it is where that is all, as text inside a longer one."""
    if isinstance(part, dict):
        return {name: _placed(value, at) for name, value in part.items()}
    if isinstance(part, list):
        return [_placed(value, at) for value in part]
    if part == _PLACE:
        return at
    if isinstance(part, str):
        return part.replace(_PLACE, "" if at is None else str(at))
    return part
