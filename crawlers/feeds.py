"""RSS, Atom, RDF and JSON Feed bytes become entries and entries become raw mentions."""

import io
import json
import re
from calendar import timegm
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Any, Final

from core.errors import FetchError
from crawlers.addon import MAX_BODY
from crawlers.dates import CHINA, clamp, parse_date
from crawlers.encoding import decode
from crawlers.opaque_links import true_address
from crawlers.plain_text import clean, html_to_text, looks_like_html
from crawlers.raw import RawMention
from storage.mentions import Kind

_MISC: Final = re.compile(r"\s*(?:<\?.*?\?>|<!--.*?-->|\s+)", re.DOTALL)
_ROOT: Final = re.compile(r"<(?:\w+:)?(rss|feed|rdf|channel)\b", re.IGNORECASE)
_END: Final = re.compile(r"</(?:\w+:)?(?:rss|feed|rdf)\s{0,9}>$", re.IGNORECASE)
_MOST_COMMENTS: Final = 20
_DECLARATION: Final = re.compile(r"^\s*<\?xml[^>]*\?>")
_HALVES: Final = re.compile(r"(?:&#(?:[xX][dD][89a-fA-F][0-9a-fA-F]{2}|5[5-7]\d{3});)+")
_LONGEST_TEXT: Final = 100_000


class NotAFeed(FetchError):
    """The bytes are no feed, or one with entities that nobody should expand."""


@dataclass(frozen=True)
class FeedEntry:
    """One entry as plain text. *published_at* is aware UTC or None."""

    native_id: str | None
    url: str | None
    title: str
    text: str
    author: str | None
    published_at: datetime | None


@dataclass(frozen=True)
class ParsedFeed:
    """A feed's entries. *complete* is false for one that was cut off: do not keep validators."""

    entries: tuple[FeedEntry, ...]
    complete: bool = True


def parse_feed(
    body: bytes, content_type: str | None, now: datetime, zone: tzinfo = CHINA
) -> ParsedFeed:
    """Parse a feed's *body* as fetched at *now*; times without an offset are taken in *zone*.

    Raises ``NotAFeed`` with a sentence.
    """
    if len(body) > MAX_BODY:
        raise NotAFeed(f"The feed is larger than {MAX_BODY} bytes.")
    text = decode(body, content_type).lstrip("\ufeff \t\r\n")
    if text.startswith("{"):
        return _json_feed(text, now, zone)
    return _xml_feed(_without_doctype(text), now, zone)


def to_mention(
    entry: FeedEntry, platform: str, kind: Kind, fetched_at: datetime
) -> RawMention | None:
    """Return *entry* as a raw mention, or None when it says nothing at all.

    The text is the description: titles are cut by the tools that make feeds. A title that only
    repeats the text's beginning is dropped, and so is the author's name in front of both.
    """
    title = without_author(entry.title, entry.author)
    text = without_author(entry.text, entry.author) or title
    if not text:
        return None
    return RawMention(
        platform=platform,
        text=text[:_LONGEST_TEXT],
        detected_at=fetched_at,
        native_id=entry.native_id,
        url=entry.url,
        kind=kind,
        title="" if _repeats(title, text) else title[:_LONGEST_TEXT],
        author=entry.author,
        published_at=entry.published_at,
    )


def without_author(text: str, author: str | None) -> str:
    """Return *text* without ``author:`` in front: the name must not survive in the text."""
    if not author:
        return text
    return re.sub(rf"^\s*@?{re.escape(author)}\s*[:：]\s*", "", text, count=1).lstrip()


def _repeats(title: str, text: str) -> bool:
    stem = re.sub(r"\s+", "", re.sub(r"(?:…|\.{3,})$", "", title.strip()))
    return re.sub(r"\s+", "", text[: 4 * len(title) + 40]).startswith(stem)


def _without_doctype(text: str) -> str:
    """Skip what stands before the root; a document type with entities in it is refused."""
    at = 0
    while True:
        found = _MISC.match(text, at)
        if found:
            at = found.end()
        elif text[at : at + 9].upper() == "<!DOCTYPE":
            end = text.find(">", at)
            if "[" in text[at:end] or end < 0:
                raise NotAFeed("The feed declares entities of its own; such feeds are not read.")
            at = end + 1
        else:
            break
    root = _ROOT.match(text, at)
    if root is None or "<!ENTITY" in text[: root.end()].upper():
        raise NotAFeed("This is no RSS, Atom or JSON feed.")
    return text[at:]


def _xml_feed(text: str, now: datetime, zone: tzinfo) -> ParsedFeed:
    import feedparser

    # Always UTF-8 with nothing declared, so that feedparser does not guess a second time.
    whole = _HALVES.sub(_joined, _DECLARATION.sub("", text))
    stream = io.BytesIO(whole.encode("utf-8", "replace"))
    parsed: Any = feedparser.parse(
        stream,
        response_headers={"content-type": "application/xml; charset=utf-8"},
        resolve_relative_uris=False,
        sanitize_html=False,
    )
    if not parsed.version and not parsed.entries:
        raise NotAFeed("This is no RSS, Atom or JSON feed.")
    complete = _is_whole(text)
    # Of a feed that was cut off the last entry is cut off too; it comes whole at the next turn.
    entries = parsed.entries if complete else parsed.entries[:-1]
    return ParsedFeed(tuple(_xml_entry(entry, now, zone) for entry in entries), complete)


def _is_whole(text: str) -> bool:
    """Say whether the root element is closed; comments may follow. Reads from the end."""
    end = len(text.rstrip())
    for _ in range(_MOST_COMMENTS):
        start = text.rfind("<!--", 0, end) if text.endswith("-->", 0, end) else -1
        if start < 0:
            break
        end = len(text[:start].rstrip())
    return _END.search(text[max(0, end - 64) : end]) is not None


def _xml_entry(entry: Any, now: datetime, zone: tzinfo) -> FeedEntry:
    details = [*entry.get("content", ()), entry.get("summary_detail") or {}]
    texts = [_plain(detail.get("value"), detail.get("type")) for detail in details]
    return FeedEntry(
        native_id=clean(entry.get("id") or "") or None,
        url=_web_address(entry.get("link")),
        title=_plain(entry.get("title")).replace("\n", " "),
        text=max(texts, key=len),
        author=_author(entry),
        published_at=_published(entry, now, zone),
    )


def _author(entry: Any) -> str | None:
    # feedparser maps dc:creator to author as well; RSS may write "mail@host (name)".
    detail = entry.get("author_detail") or {}
    return clean(detail.get("name") or entry.get("author") or "").replace("\n", " ") or None


def _published(entry: Any, now: datetime, zone: tzinfo) -> datetime | None:
    for name in ("published", "created", "updated"):
        if name not in entry:  # get() would give "published" for "updated"
            continue
        moment = parse_date(entry.get(name), now, zone)
        if moment is None and entry.get(f"{name}_parsed"):
            moment = _moment(entry[f"{name}_parsed"], now)
        if moment is not None:
            return moment
    return None


def _moment(parsed: Any, now: datetime) -> datetime | None:
    try:
        return clamp(datetime.fromtimestamp(timegm(parsed), UTC), now)
    except (ValueError, OverflowError):
        return None  # 9999-12-31T23:59:59-14:00 lies in a year that cannot be


def _joined(found: re.Match[str]) -> str:
    """Some writers spell an emoji as two halves (``&#55357;&#56832;``); one alone is dropped."""
    codes = (int(code.replace("x", "0x"), 0) for code in re.findall(r"&#(\w+);", found[0].lower()))
    halves = "".join(map(chr, codes)).encode("utf-16-le", "surrogatepass")
    return halves.decode("utf-16-le", "ignore")


def _json_feed(text: str, now: datetime, zone: tzinfo) -> ParsedFeed:
    try:
        record = json.loads(text)
        items = record["items"]
    except (ValueError, KeyError, RecursionError) as error:
        raise NotAFeed("This is JSON, but no JSON feed or one that was cut off.") from error
    if not isinstance(items, list):
        raise NotAFeed("This is JSON, but no JSON feed: items is no list.")
    return ParsedFeed(
        tuple(_json_entry(item, now, zone) for item in items if isinstance(item, dict))
    )


def _json_entry(item: dict[str, Any], now: datetime, zone: tzinfo) -> FeedEntry:
    authors = item.get("authors")
    listed = authors if isinstance(authors, list) and authors else [item.get("author")]
    names = [one.get("name") for one in listed if isinstance(one, dict)]
    html_text = _plain(_string(item.get("content_html")), "text/html")
    plain_text = clean(_string(item.get("content_text")))
    dates = (_string(item.get(name)) for name in ("date_published", "date_modified"))
    return FeedEntry(
        native_id=clean(_string(item.get("id"))) or None,
        url=_web_address(_string(item.get("url"))),
        title=_plain(_string(item.get("title"))).replace("\n", " "),
        text=html_text or plain_text or clean(_string(item.get("summary"))),
        author=clean(_string(next(iter(names), None))) or None,
        published_at=next(
            (found for text in dates if (found := parse_date(text, now, zone))), None
        ),
    )


def _plain(value: str | None, media_type: str | None = None) -> str:
    if not value:
        return ""
    if media_type == "text/plain" and not looks_like_html(value):
        return clean(value)
    return html_to_text(value) if looks_like_html(value) else clean(value)


def _web_address(link: str | None) -> str | None:
    link = clean(link or "")
    return true_address(link) if link.startswith(("http://", "https://")) else None


def _string(value: object) -> str:
    return str(value) if isinstance(value, (str, int)) else ""
