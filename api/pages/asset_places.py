"""Where a search found its words in an asset: on which page, in which sentence."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from api.pages.i18n import _
from api.pages.said import Segment, segments
from storage.search.assets import Place

_MOST: Final = 2
_PAGE: Final = "page-"


@dataclass(frozen=True)
class FoundWhere:
    """A place by its name, and the words around what was found; *page* is 0 outside of pages."""

    name: str
    said: tuple[Segment, ...]
    page: int = 0


def found_where(places: Sequence[Place]) -> tuple[FoundWhere, ...]:
    """Return the places worth telling, at most two: a title that is read anyway says nothing."""
    told = [place for place in places if place.where != "title"]
    return tuple(
        FoundWhere(
            place_name(place.where),
            segments(place.snippet, (), place.spans),
            page_number(place.where),
        )
        for place in told[:_MOST]
    )


def place_name(where: str) -> str:
    """Return what a place of an asset is called: of search as of the wording check."""
    number = page_number(where)
    if number:
        return _("第 %(n)s 页", n=number)
    head, dash, at = where.rpartition("-")
    numbered = {"variant": _("渠道版本 %(n)s"), "step": _("第 %(n)s 步")}
    if dash and head in numbered and at.isdigit():
        return numbered[head] % {"n": at}
    return {
        "title": _("标题"),
        "description": _("说明"),
        "tags": _("标签"),
        "pinyin": _("拼音"),
        "statement": _("口径正文"),
        "question": _("问题"),
    }.get(where, where)


def page_number(where: str) -> int:
    """Return the N of page-N, 0 for every other place."""
    number = where.removeprefix(_PAGE)
    return int(number) if where.startswith(_PAGE) and number.isdigit() else 0
