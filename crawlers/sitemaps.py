"""Sitemap bytes become entries: XML (index, pages, news), gzipped or not, or a list of lines.

Read as a stream: what stands in memory is one entry, however large the file says it is.
"""

import codecs
import itertools
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import Final
from xml.parsers import expat

from core.errors import FetchError
from crawlers.dates import CHINA, parse_date
from crawlers.plain_text import clean

# The protocol's own limits: 50,000 addresses, 50 MiB unpacked.
MOST_ENTRIES: Final = 50_000
_LARGEST: Final = 50 * 1024 * 1024
_CHUNK: Final = 64 * 1024
_LONGEST_FIELD: Final = 4096
_DEEPEST: Final = 32
_DECLARED: Final = re.compile(rb"^\s*<\?xml[^>]{0,200}encoding=[\"']([A-Za-z0-9_.-]{1,40})")


class NotASitemap(FetchError):
    """The bytes are no sitemap, or one with entities that nobody should expand."""


@dataclass(frozen=True)
class SitemapEntry:
    """A page, or in an index another sitemap. Times are aware UTC; *title* is that of a news."""

    url: str
    changed_at: datetime | None = None
    published_at: datetime | None = None
    title: str = ""

    @property
    def at(self) -> datetime | None:
        """When it was published, else changed, where either is told."""
        return self.published_at or self.changed_at


@dataclass
class Sitemap:
    """What was read. *complete* is false for one that was cut off or is larger than allowed."""

    pages: list[SitemapEntry] = field(default_factory=list)
    sitemaps: list[SitemapEntry] = field(default_factory=list)
    complete: bool = True


def parse_sitemap(body: bytes, now: datetime, zone: tzinfo = CHINA) -> Sitemap:
    """Read a sitemap's *body* as fetched at *now*; times without an offset are taken in *zone*.

    Raises ``NotASitemap`` with a sentence.
    """
    reader = _Reader(now, zone)
    chunks = _text(_unpacked(body, reader.found))
    first = next(chunks, "").lstrip("\ufeff \t\r\n")
    if first[:8].lower().startswith(("http://", "https://")):
        return _lines(first, chunks, reader.found)
    if not first.startswith("<"):
        raise NotASitemap("This is no sitemap: neither XML nor a list of addresses.")
    reader.read(first, chunks)
    return reader.found


def robots_sitemaps(text: str) -> list[str]:
    """Return the addresses that the ``Sitemap:`` lines of a robots.txt name."""
    found = re.findall(r"(?im)^[ \t]*sitemap[ \t]*:[ \t]*(https?://\S{1,2000})", text[:500_000])
    return list(dict.fromkeys(found))


def _unpacked(body: bytes, found: Sitemap) -> Iterator[bytes]:
    if body[:2] != b"\x1f\x8b":
        for at in range(0, len(body), _CHUNK):
            yield body[at : at + _CHUNK]
        return
    unpacker, size, rest = zlib.decompressobj(wbits=31), 0, body
    while rest and not unpacker.eof:
        try:
            chunk = unpacker.decompress(rest, _CHUNK)
        except zlib.error as error:
            if not size:
                raise NotASitemap(f"The sitemap cannot be unpacked: {error}.") from error
            break
        rest = unpacker.unconsumed_tail
        size += len(chunk)
        if size > _LARGEST:
            found.complete = False
            return
        yield chunk
    found.complete = found.complete and unpacker.eof


def _text(chunks: Iterator[bytes]) -> Iterator[str]:
    first = next(chunks, b"")
    declared = _DECLARED.search(first[:300])
    name = declared[1].decode("ascii").lower() if declared else "utf-8"
    if first[:2] in (b"\xff\xfe", b"\xfe\xff"):
        name = "utf-16"
    elif name.startswith(("gb", "x-gb")):
        name = "gb18030"  # writers say gb2312 and use more
    try:
        decoder = codecs.getincrementaldecoder(name)(errors="replace")
    except LookupError:
        decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
    yield decoder.decode(first)
    for chunk in chunks:
        yield decoder.decode(chunk)


def _lines(first: str, chunks: Iterator[str], found: Sitemap) -> Sitemap:
    rest = first
    for chunk in (*chunks, "\n"):
        *lines, rest = (rest + chunk).split("\n")
        for line in lines:
            if line.strip().startswith(("http://", "https://")) and len(line) <= _LONGEST_FIELD:
                found.pages.append(SitemapEntry(line.strip()))
        rest = rest[:_LONGEST_FIELD]
        if len(found.pages) >= MOST_ENTRIES:
            found.complete = False
            break
    return found


class _Stop(Exception):
    """Enough was read."""


class _Reader:
    """Expat's handlers. Elements are known by their names without their namespaces' prefixes."""

    def __init__(self, now: datetime, zone: tzinfo) -> None:
        self._now, self._zone = now, zone
        self.found = Sitemap()
        self._open: list[str] = []
        self._parts: list[str] = []
        self._size = 0
        self._fields: dict[str, str] = {}

    def read(self, first: str, chunks: Iterator[str]) -> None:
        """Read all chunks into ``found``; what is whole before a fault stays."""
        parser = expat.ParserCreate(encoding="utf-8")
        parser.StartDoctypeDeclHandler = self._doctype
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._data
        try:
            # Given as UTF-8 whatever it was: the parser is told so and does not look.
            for chunk in itertools.chain((first,), chunks):
                parser.Parse(chunk.encode("utf-8", "replace"), False)
            parser.Parse(b"", True)
        except _Stop:
            self.found.complete = False
        except expat.ExpatError as error:
            if not (self.found.pages or self.found.sitemaps):
                raise NotASitemap(f"This is no sitemap: {error}.") from error
            self.found.complete = False

    def _doctype(self, name: str, system: object, public: object, has_subset: bool) -> None:
        raise NotASitemap("The sitemap declares entities of its own; such files are not read.")

    def _start(self, name: str, attributes: object) -> None:
        local = name.rpartition(":")[2].lower()
        if not self._open and local not in {"urlset", "sitemapindex"}:
            raise NotASitemap(f"This is no sitemap: its root is <{name[:40]}>.")
        if len(self._open) >= _DEEPEST:
            raise NotASitemap("This is no sitemap: its elements lie too deep in each other.")
        self._open.append(local)
        if local in {"url", "sitemap"}:
            self._fields = {}
        self._parts, self._size = [], 0

    def _data(self, text: str) -> None:
        if self._size < _LONGEST_FIELD:
            self._parts.append(text[:_LONGEST_FIELD])
            self._size += len(text)

    def _end(self, name: str) -> None:
        local = self._open.pop()
        inside = self._open[-1] if self._open else ""
        if local in {"url", "sitemap"} and inside in {"urlset", "sitemapindex"}:
            self._entry(local)
        elif inside in {"url", "sitemap", "news"}:
            # image:loc lies deeper, so a loc here is the page's own.
            self._fields.setdefault(local, clean("".join(self._parts)))
        self._parts, self._size = [], 0

    def _entry(self, kind: str) -> None:
        url = self._fields.get("loc", "")
        if not url.startswith(("http://", "https://")):
            return
        entry = SitemapEntry(
            url,
            parse_date(self._fields.get("lastmod"), self._now, self._zone),
            parse_date(self._fields.get("publication_date"), self._now, self._zone),
            self._fields.get("title", "").replace("\n", " "),
        )
        (self.found.pages if kind == "url" else self.found.sitemaps).append(entry)
        if len(self.found.pages) + len(self.found.sitemaps) >= MOST_ENTRIES:
            raise _Stop
