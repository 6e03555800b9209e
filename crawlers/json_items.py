"""A JSON answer becomes raw mentions by JMESPath."""

import hashlib
import json
import re
from datetime import datetime, tzinfo
from typing import Any, Final
from urllib.parse import quote

from jmespath.exceptions import JMESPathError

from core.errors import FetchError
from crawlers.counts import parse_count
from crawlers.dates import parse_date
from crawlers.opaque_links import true_address
from crawlers.plain_text import clean, html_to_text, looks_like_html
from crawlers.raw import RawMention
from crawlers.rules.json_api import Mapping, Path
from storage.mentions import Engagement, Kind

_LONGEST_TEXT: Final = 100_000
_LONGEST_ID: Final = 200
# Before a bracket only a function's name may stand: callback({…}), and some write /**/ first.
_CALL: Final = re.compile(r"(?:/\*\*/)?\s*[A-Za-z_$][\w$.]{0,100}\s*\(\s*(?=[\[{])")
# What writers put in front so that no script can read it: )]}' and while(1);
_SHIELD: Final = re.compile(r"(?:\)\]\}',?|while\s*\(1\);|for\s*\(;;\);)\s*")
_MICROSECONDS_FROM, _MILLISECONDS_FROM = 10**14, 10**11


class NotJson(FetchError):
    """The bytes are no JSON, or JSON that nobody should unfold."""


class ApiError(FetchError):
    """The API answered, but with an error or without the items that the rules look for."""


def load_json(text: str) -> Any:
    """Read *text* as JSON, also inside a JSONP call. Raises ``NotJson``."""
    text = text.lstrip("\ufeff \t\r\n")
    shield = _SHIELD.match(text)
    text = text[shield.end() :] if shield else text
    call = _CALL.match(text)
    if call:
        text = text[call.end() : max(text.rfind(")"), call.end())]
    try:
        return json.loads(text)
    except RecursionError as error:
        raise NotJson("The JSON is nested too deep.") from error
    except ValueError as error:
        raise NotJson(f"This is no JSON: {str(error)[:200]}.") from error


def find(path: Path | None, data: Any) -> Any:
    """Return what *path* finds in *data*, None for nothing. Raises ``ApiError``."""
    if path is None:
        return None
    try:
        return path.search(data)
    except (JMESPathError, RecursionError, TypeError, ValueError) as error:
        raise ApiError(f"{path.expression}: {str(error)[:200]}") from error


def items_of(answer: Any, mapping: Mapping) -> list[Any]:
    """Return the items of *answer*. Raises ``ApiError`` for an error or a changed structure."""
    if mapping.ok is not None and find(mapping.ok, answer) is not True:
        told = _string(find(mapping.error_message, answer))
        shown = told or json.dumps(answer, ensure_ascii=False)
        raise ApiError(f"The API answered with an error: {shown[:200]}")
    items = find(mapping.items, answer)
    if items is None:
        raise ApiError(f"The answer holds nothing at {mapping.items.expression}")
    return items if isinstance(items, list) else [items]


def to_mention(
    item: Any, mapping: Mapping, platform: str, kind: Kind, now: datetime, zone: tzinfo
) -> RawMention | None:
    """Return *item* as a raw mention, None when it says nothing. Raises ``ApiError``."""
    values = {name: find(path, item) for name, path in mapping.fields.items()}
    title = _plain(values.get("title")).replace("\n", " ")
    text = _plain(values.get("text")) or title
    if not text:
        return None
    native_id = clean(_string(values.get("native_id")))[:_LONGEST_ID] or None
    counts = {name: _count(values.get(name)) for name in ("likes", "comments", "shares", "views")}
    return RawMention(
        platform=platform,
        text=text[:_LONGEST_TEXT],
        detected_at=now,
        native_id=native_id,
        url=_address(values.get("url"), mapping.url_template, native_id),
        kind=kind,
        title="" if title == text else title[:_LONGEST_TEXT],
        author=clean(_string(values.get("author"))).replace("\n", " ")[:_LONGEST_ID] or None,
        published_at=moment(values.get("published_at"), now, zone),
        engagement=Engagement(**counts),
    )


def filled(template: str, mention: RawMention) -> str | None:
    """Return *template* with the mention's id and address in it; None where it has none."""
    for place, value in (("{native_id}", mention.native_id), ("{url}", mention.url)):
        if place in template:
            if not value:
                return None
            template = template.replace(place, quote(value, safe=""))
    return template


def name_of(mention: RawMention) -> str:
    """Return what an item is known by from visit to visit: its id, its address, or its text."""
    if mention.native_id:
        return f"item:{mention.platform}:{mention.native_id}"
    if mention.url:
        return mention.url
    digest = hashlib.sha1(mention.text.encode("utf-8", "replace"), usedforsecurity=False)
    return f"text:{mention.platform}:{digest.hexdigest()}"


def moment(value: Any, now: datetime, zone: tzinfo) -> datetime | None:
    """Read seconds, milliseconds or microseconds since 1970, ISO 8601 or a Chinese date."""
    if isinstance(value, bool) or value is None:
        return None
    text = _string(value).strip()
    if re.fullmatch(r"[0-9]{9,17}(?:\.[0-9]{1,9})?", text):
        number = float(text)
        if number >= _MILLISECONDS_FROM:
            number /= 10**6 if number >= _MICROSECONDS_FROM else 10**3
        text = str(int(number))
    return parse_date(text, now, zone)


def _address(value: Any, template: str | None, native_id: str | None) -> str | None:
    url = clean(_string(value))
    if url.startswith("//"):
        url = f"https:{url}"
    if url.startswith(("http://", "https://")):
        return true_address(url)
    if template and native_id:
        return template.replace("{native_id}", quote(native_id, safe=""))
    return None


def _count(value: Any) -> int | None:
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int | float):
        return int(value) if 0 <= value < 10**12 else None
    return parse_count(_string(value))


def _plain(value: Any) -> str:
    text = _string(value)[: 4 * _LONGEST_TEXT]
    return html_to_text(text) if looks_like_html(text) else clean(text)


def _string(value: Any) -> str:
    """Scalars as they are written, lists of them line by line; what else there is says nothing."""
    if isinstance(value, str):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        # A float that is whole is an id or a time that went through JavaScript.
        whole = isinstance(value, float) and value.is_integer() and abs(value) < 2**53
        return str(int(value) if whole else value)
    if isinstance(value, list):
        return "\n".join(part for each in value[:1000] if (part := _scalar(each)))
    return ""


def _scalar(value: Any) -> str:
    return "" if isinstance(value, list) else _string(value)
