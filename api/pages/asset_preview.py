"""What is to be seen and read of a version: its picture, or one of its pages with the text."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from api.pages.asset_view import picture_href
from api.pages.marked_text import word_spans
from api.pages.said import Segment, segments
from assets.row_shapes import AssetRow, VersionRow

_AROUND: Final = 3
_LONGEST_TEXT: Final = 6_000
_MOST_PLACES: Final = 12


@dataclass(frozen=True)
class Asked:
    """What the address asks of the page: version, page, words; usable where and when."""

    version: int = 0
    page: int = 1
    q: str = ""
    channel: str = ""
    on: str = ""


@dataclass(frozen=True)
class PageStrip:
    """The pages around the one that is shown; each is (number, address of its view, current)."""

    current: int
    total: int
    pages: tuple[tuple[int, str, bool], ...]
    before: str | None
    after: str | None


@dataclass(frozen=True)
class Preview:
    """What is to be seen and read of a version. *picture* is an address, *text* the page's.

    *places* are the pages with the words that were looked for, as those of the strip.
    """

    picture: str | None
    text: tuple[Segment, ...]
    strip: PageStrip | None
    places: tuple[tuple[int, str, bool], ...]
    waiting: bool
    fault: str


def preview(row: AssetRow, shown: VersionRow, layers: Mapping[int, str], asked: Asked) -> Preview:
    """Return what *asked* wants to see of *shown*; *layers* are its texts by page."""
    drawn = sorted(
        int(name.removeprefix("page-")) for name in shown.pictures if name.startswith("page-")
    )
    total = max([shown.facts.get("pages") or 0, *layers, *drawn, 1])
    at = min(max(asked.page, 1), total)
    name = f"page-{at}" if at in drawn else "preview"
    text = layers.get(at, "")[:_LONGEST_TEXT]
    several = total > 1
    return Preview(
        picture=picture_href(row.id, name, shown.number)
        if name in shown.pictures and (name != "preview" or at == 1)
        else None,
        text=segments(text, (), word_spans(text, asked.q)) if text.strip() else (),
        strip=_strip(row, shown, at, total, asked) if several else None,
        places=_places(row, shown, at, layers, asked) if several and asked.q else (),
        waiting=shown.processing == "pending",
        fault=(shown.fault or "") if shown.processing == "failed" else "",
    )


def _strip(row: AssetRow, shown: VersionRow, at: int, total: int, asked: Asked) -> PageStrip:
    first = max(1, min(at - _AROUND, total - 2 * _AROUND))
    numbers = range(first, min(total, first + 2 * _AROUND) + 1)

    def href(number: int) -> str:
        return _page_href(row, shown, number, asked)

    return PageStrip(
        current=at,
        total=total,
        pages=tuple((number, href(number), number == at) for number in numbers),
        before=href(at - 1) if at > 1 else None,
        after=href(at + 1) if at < total else None,
    )


def _places(
    row: AssetRow, shown: VersionRow, at: int, layers: Mapping[int, str], asked: Asked
) -> tuple[tuple[int, str, bool], ...]:
    found = [number for number in sorted(layers) if word_spans(layers[number], asked.q)]
    return tuple(
        (number, _page_href(row, shown, number, asked), number == at)
        for number in found[:_MOST_PLACES]
    )


def _page_href(row: AssetRow, shown: VersionRow, number: int, asked: Asked) -> str:
    told = {"v": shown.number if asked.version else "", "page": number, "q": asked.q}
    return f"/assets/{row.id}?{urlencode({k: v for k, v in told.items() if v})}#preview"
