"""The filters of the gallery: what may be chosen, and what is."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from api.pages.asset_query import AssetQuery
from api.pages.i18n import _, translate
from api.wiring import Service
from assets.words import CHANNELS, STATES
from storage.search.assets import AssetFacets

_MONTHS_AHEAD: Final = 6
_MOST_TAGS: Final = 30


@dataclass(frozen=True)
class Filter:
    """One filter of the menu: its field, its name, what may be chosen and what is."""

    field: str
    name: str
    anything: str
    options: tuple[tuple[str, str], ...]
    chosen: str


@dataclass(frozen=True)
class Chosen:
    """A filter that is on; its link takes it off."""

    text: str
    href: str


def filters_of(
    opened: Service, query: AssetQuery, facets: AssetFacets, today: date, *, states: bool
) -> tuple[Filter, ...]:
    """Return the filters that offer a choice; *states* is for those who see more than one."""
    brands = [(brand.id, brand.name) for brand in opened.brands()]
    tags = sorted(facets.tags, key=lambda tag: (-facets.tags[tag], tag))[:_MOST_TAGS]
    if query.tag and query.tag not in tags:
        tags = [query.tag, *tags]
    offered = (
        ("state", _("状态"), _("任何状态"), _named(STATES)),
        ("brand", _("品牌"), _("任何品牌"), brands),
        ("tag", _("标签"), _("任何标签"), [(tag, tag) for tag in tags]),
        ("channel", _("可用于渠道"), _("任何渠道"), _named(CHANNELS)),
        ("month", _("可用到"), _("不限时间"), _months(today)),
    )
    return tuple(
        Filter(field, name, anything, tuple(options), getattr(query, field))
        for field, name, anything, options in offered
        if options and (field != "state" or states)
    )


def _named(words: Mapping[str, str]) -> list[tuple[str, str]]:
    return [(code, translate(name)) for code, name in words.items()]


def _months(today: date) -> list[tuple[str, str]]:
    """This month and the next ones, each asked at its end: see ``AssetQuery.usable_on``."""
    counted = [today.year * 12 + today.month - 1 + ahead for ahead in range(_MONTHS_AHEAD)]
    return [
        (
            f"{at // 12}-{at % 12 + 1:02d}",
            _("%(year)s 年 %(month)s 月底", year=at // 12, month=at % 12 + 1),
        )
        for at in counted
    ]


def chosen_filters(query: AssetQuery, filters: tuple[Filter, ...]) -> tuple[Chosen, ...]:
    """Return what is on. Channel and month are one condition; the others stand alone."""
    on = {
        each.field: dict(each.options).get(each.chosen, each.chosen)
        for each in filters
        if each.chosen
    }
    use = [on.pop(field) for field in ("channel", "month") if field in on]
    alone = [Chosen(text, query.but(**{field: ""}).href) for field, text in on.items()]
    if query.expires:
        alone.append(Chosen(_("%(n)s 天内到期", n=query.expires), query.but(expires="").href))
    if not use:
        return tuple(alone)
    text = _("可用于：%(what)s", what=" · ".join(use))
    return (*alone, Chosen(text, query.but(channel="", month="").href))
