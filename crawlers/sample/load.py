"""Reads and checks the sample's brands, sources and mentions."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Literal, TypeVar, get_args

from core.errors import InvalidInput
from crawlers.sample.fields import Record

Role = Literal["own", "competitor", "industry"]
SourceKind = Literal["feed", "listing"]
SourceType = Literal["weibo", "news", "finance", "forum", "review"]
Identity = Literal["native_id", "url", "content"]
Site = Literal["news", "forum", "feed", "shop"]

T = TypeVar("T")


@dataclass(frozen=True)
class SampleBrand:
    """A company to watch. *context*: words of which one must be near for an ambiguous alias."""

    name: str
    role: Role
    aliases: tuple[str, ...]
    products: tuple[str, ...]
    people: tuple[str, ...]
    exclude: tuple[str, ...]
    context: tuple[str, ...]


@dataclass(frozen=True)
class SampleSource:
    """A place to collect from. *url* is absolute; *interval_s* and *delay_s* are seconds.

    *rules* of a listing: ``item`` and ``next`` are CSS of links on the listing page, the others
    CSS with ``::text`` or ``::attr()`` on an entry's page, ``None`` where the site shows no such
    thing. ``text`` selects one string per paragraph. A feed has no rules.
    """

    name: str
    kind: SourceKind
    url: str
    platform: str
    source_type: SourceType
    identity: Identity
    interval_s: int
    delay_s: int
    trusted: bool
    rules: Mapping[str, str | None]


@dataclass(frozen=True)
class SampleMention:
    """One entry of a sample site.

    *minutes_ago* counts back from the workspace's start. Paragraphs of *text* are lines.
    *about* names the watched brands it speaks of (none: ingest drops it); *story* is shared by
    the entries that tell the same one. Neither is shown on the site: they are what a reader
    knows, for checking what the machine found.
    """

    id: str
    site: Site
    title: str
    text: str
    author: str
    minutes_ago: int
    likes: int | None
    comments: int | None
    shares: int | None
    views: int | None
    board: str
    about: tuple[str, ...]
    story: str | None


def brands() -> tuple[SampleBrand, ...]:
    """Return the three companies, own brand first. Raises ``InvalidInput`` on a faulty file."""
    return _all(read_data("workspace.json", "brands"), "brands", _brand)


def sources(base_url: str) -> tuple[SampleSource, ...]:
    """Return the sample's sources with addresses under *base_url* (``http://host:port``).

    Raises ``InvalidInput`` on a faulty file.
    """
    root = base_url.rstrip("/")
    return _all(read_data("workspace.json", "sources"), "sources", lambda row: _source(row, root))


def mentions() -> tuple[SampleMention, ...]:
    """Return every mention, in file order. Raises ``InvalidInput`` on a faulty file."""
    found = _all(read_data("mentions.json"), "mentions", _mention)
    if len({one.id for one in found}) != len(found):
        raise InvalidInput("mentions.json: two mentions have the same id", field="id")
    return found


def read_data(file: str, key: str | None = None) -> object:
    """Return the content of the sample's *file*, or what it holds under *key*."""
    text = resources.files("crawlers.sample").joinpath(file).read_text(encoding="utf-8")
    value: object = json.loads(text)
    return value if key is None or not isinstance(value, dict) else value.get(key)


def _all(rows: object, label: str, build: Callable[[Record], T]) -> tuple[T, ...]:
    return tuple(build(record) for record in each_record(rows, label))


def each_record(rows: object, label: str) -> list[Record]:
    """Return the objects of the list *rows*, ready to be checked; errors name *label*."""
    if not isinstance(rows, list):
        raise InvalidInput(f"{label} must be a list", field=label)
    return [Record(row, f"{label}[{at}]") for at, row in enumerate(rows)]


def past_mention(row: Record) -> SampleMention:
    """Return a mention of the past; *minutes_ago* says nothing there."""
    return _told(row, minutes_ago=0)


def _brand(row: Record) -> SampleBrand:
    return SampleBrand(
        name=row.text("name"),
        role=row.choice("role", get_args(Role)),
        aliases=row.texts("aliases"),
        products=row.texts("products"),
        people=row.texts("people"),
        exclude=row.texts("exclude"),
        context=row.texts("context"),
    )


def _source(row: Record, root: str) -> SampleSource:
    return SampleSource(
        name=row.text("name"),
        kind=row.choice("kind", get_args(SourceKind)),
        url=root + row.text("path"),
        platform=row.text("platform"),
        source_type=row.choice("source_type", get_args(SourceType)),
        identity=row.choice("identity", get_args(Identity)),
        interval_s=row.count("interval_s"),
        delay_s=row.count("delay_s"),
        trusted=row.flag("trusted"),
        rules=row.rules("rules"),
    )


def _mention(row: Record) -> SampleMention:
    mention = _told(row, row.count("minutes_ago"))
    if mention.minutes_ago == 0:
        raise InvalidInput(f"{mention.id}: minutes_ago must be 1 or more", field="minutes_ago")
    return mention


def _told(row: Record, minutes_ago: int) -> SampleMention:
    return SampleMention(
        id=row.text("id"),
        site=row.choice("site", get_args(Site)),
        title=row.text("title"),
        text=row.text("text"),
        author=row.text("author"),
        minutes_ago=minutes_ago,
        likes=row.optional_count("likes"),
        comments=row.optional_count("comments"),
        shares=row.optional_count("shares"),
        views=row.optional_count("views"),
        board=row.text("board"),
        about=row.texts("about"),
        story=row.optional_text("story"),
    )
