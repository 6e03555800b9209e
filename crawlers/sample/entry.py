"""A mention as a page shows it: its address, its times in the site's zone, its paragraphs."""

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime
from html import escape

from crawlers.sample.load import SampleMention, Site

# Asia/Shanghai has had no summer time since 1991, and every entry is younger.
SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")
FOLDERS: dict[Site, str] = {
    "news": "/sample/news/",
    "forum": "/sample/forum/t/",
    "feed": "/sample/posts/",
    "shop": "/sample/reviews/",
}


@dataclass(frozen=True)
class Entry:
    """One mention, published at *published* (aware, on screen in Asia/Shanghai)."""

    mention: SampleMention
    published: datetime
    root: str

    @property
    def path(self) -> str:
        """The path of its own page."""
        return f"{FOLDERS[self.mention.site]}{self.mention.id}.html"

    @property
    def url(self) -> str:
        """The absolute address of its own page."""
        return self.root + self.path

    @property
    def shown(self) -> str:
        """Local time for readers, e.g. ``2026-11-23 14:05``."""
        return f"{self.published.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"

    @property
    def stamp(self) -> str:
        """Local time for machines: ISO 8601 with seconds and ``+08:00``."""
        return self.published.astimezone(SHANGHAI).isoformat(timespec="seconds")

    @property
    def pub_date(self) -> str:
        """Local time as RSS wants it (RFC 822)."""
        return format_datetime(self.published.astimezone(SHANGHAI))

    @property
    def paragraphs(self) -> list[str]:
        """The text's paragraphs as plain text."""
        return self.mention.text.split("\n")

    @property
    def markup(self) -> str:
        """The text as HTML; plain ``str``, so that a feed's template escapes it once more."""
        return "".join(f"<p>{escape(one, quote=False)}</p>" for one in self.paragraphs)


def ten_thousands(number: int) -> str:
    """Write a count as Chinese sites do: ``955``, ``1.6万``."""
    return str(number) if number < 10_000 else f"{number / 10_000:.1f}万"
