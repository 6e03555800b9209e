"""One object of our own import form becomes a raw mention, or a sentence that says why not."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, tzinfo
from typing import Any, Final, get_args
from urllib.parse import urlsplit

from core.errors import InvalidInput
from crawlers.dates import clamp
from crawlers.plain_text import without_control
from crawlers.raw import RawMention
from storage.mentions import Engagement, Kind

MAX_TEXT: Final = 100_000
_LONGEST: Final = {"platform": 64, "native_id": 512, "url": 4096, "author": 200}
_KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
_COUNTS: Final = ("likes", "comments", "shares", "views")
_LARGEST_COUNT: Final = 2**53
# Numbers from here on can only be milliseconds: as seconds they would lie past the year 5000.
_MILLISECONDS_FROM: Final = 10**11

Mask = Callable[[str], str | None]


def parse_record(record: dict[str, Any], *, now: datetime, zone: tzinfo, mask: Mask) -> RawMention:
    """Read one object of the import form (docs/importing.md).

    *now* (aware) becomes ``detected_at`` and bounds ``published_at``; a time without an offset is
    taken in *zone*; *mask* turns an author's name into a pseudonym. Unknown keys are ignored.
    Raises ``InvalidInput`` with the reason.
    """
    return RawMention(
        platform=_required(record, "platform"),
        text=_required(record, "text"),
        detected_at=now,
        native_id=_native_id(record),
        url=_url(record),
        kind=_kind(record),
        title=_string(record, "title").replace("\n", " "),
        author=mask(_string(record, "author")) or None,
        published_at=_published_at(record, now, zone),
        engagement=_engagement(record),
    )


def _required(record: dict[str, Any], name: str) -> str:
    text = _string(record, name)
    if not any(letter.isprintable() and not letter.isspace() for letter in text):
        raise InvalidInput(f"缺少 {name}，或它是空白。", field=name)
    return text


def _string(record: dict[str, Any], name: str) -> str:
    value = record.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise InvalidInput(f"{name} 应为字符串，却是 {_shown(value)}。", field=name)
    limit = _LONGEST.get(name, MAX_TEXT)
    if len(value) > limit:
        raise InvalidInput(f"{name} 有 {len(value)} 个字符，上限是 {limit}。", field=name)
    return without_control(value).strip()


def _native_id(record: dict[str, Any]) -> str | None:
    value = record.get("native_id")
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return _string(record, "native_id") or None


def _url(record: dict[str, Any]) -> str | None:
    url = _string(record, "url")
    if not url:
        return None
    try:
        parts = urlsplit(url)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        usable = False
    if not usable:
        raise InvalidInput(f"url 应以 http:// 或 https:// 开头，却是 {_shown(url)}。", field="url")
    return url


def _kind(record: dict[str, Any]) -> Kind:
    kind = record.get("kind")
    if kind is None:
        return "post"
    for known in _KINDS:
        if kind == known:
            return known
    raise InvalidInput(f"kind 应为 {'、'.join(_KINDS)} 之一，却是 {_shown(kind)}。", field="kind")


def _published_at(record: dict[str, Any], now: datetime, zone: tzinfo) -> datetime | None:
    value = record.get("published_at")
    if value is None or value == "":
        return None
    try:
        moment = clamp(_moment(value), now, zone)
    except (ValueError, OverflowError, OSError, TypeError):
        moment = None
    if moment is None:
        raise InvalidInput(
            f"published_at 应为 ISO 8601 时间或 Unix 时间（秒或毫秒），却是 {_shown(value)}。",
            field="published_at",
        )
    return moment


def _moment(value: object) -> datetime:
    if isinstance(value, str):
        return datetime.fromisoformat(value.strip())
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return datetime.fromtimestamp(value / (1000 if value >= _MILLISECONDS_FROM else 1), UTC)
    raise TypeError(value)


def _engagement(record: dict[str, Any]) -> Engagement:
    given = record.get("engagement")
    if given is None:
        return Engagement()
    if not isinstance(given, dict):
        raise InvalidInput(f"engagement 应为对象，却是 {_shown(given)}。", field="engagement")
    return Engagement(**{name: _count(given, name) for name in _COUNTS})


def _count(given: dict[str, Any], name: str) -> int | None:
    value = given.get(name)
    if value is None:
        return None
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < _LARGEST_COUNT:
        return value
    raise InvalidInput(
        f"engagement.{name} 应为不小于 0 的整数或 null，却是 {_shown(value)}。",
        field=f"engagement.{name}",
    )


def _shown(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 60 else f"{text[:59]}…"
