"""What a report's address asks for: its period, its brand, and the links to other ones."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.datastructures import QueryParams

from api.pages.i18n import _
from api.pages.parts import Tab
from api.periods import DEFAULT, Period, chosen_period
from api.wiring import Service
from core.errors import InvalidInput


@dataclass(frozen=True)
class Asked:
    """The period and brand; *is_now* says that the period reaches the present day.

    *fault* says why the dates that were asked for, *first* and *last*, could not be used.
    """

    period: Period
    brand: str
    first: str
    last: str
    is_now: bool
    fault: str = ""

    def demand_dates(self) -> None:
        """Raise ``InvalidInput`` for dates that cannot be used: a file cannot tell of them."""
        if self.fault:
            raise InvalidInput(self.fault, field="from")


def read_asked(opened: Service, params: QueryParams, default: str = DEFAULT) -> Asked:
    """Read the address; dates that cannot be used are told and the default period is shown."""
    now, zone = opened.clock.now(), opened.zone
    code, brand = params.get("period", ""), params.get("brand", "")[:80]
    first, last = params.get("from", "")[:10], params.get("to", "")[:10]
    try:
        period = chosen_period(code, first, last, now=now, zone=zone, default=default)
    except InvalidInput as error:
        usual = chosen_period("", "", "", now=now, zone=zone, default=default)
        return Asked(usual, brand, first, last, True, str(error))
    is_now = period.before > now
    return Asked(period, brand, period.first.isoformat(), period.last.isoformat(), is_now)


def period_tabs(path: str, asked: Asked, **kept: str) -> list[Tab]:
    """Return the periods to choose from; *kept* are other fields of the address."""
    names = {
        "7": _("近 7 天"),
        "30": _("近 30 天"),
        "90": _("近 90 天"),
        "month": _("本月"),
        "last_month": _("上月"),
    }
    fields = {name: value for name, value in kept.items() if value}
    return [
        Tab(name, f"{path}?{urlencode({'period': code, **fields})}", code == asked.period.code)
        for code, name in names.items()
    ]


def brand_tabs(path: str, asked: Asked, brands: Sequence[tuple[str, str]]) -> list[Tab]:
    """Return the own brands to choose from, or nothing where there is one."""
    if len(brands) < 2:
        return []
    period = asked.period
    kept = period.fields if period.code == "custom" else {"period": period.code}
    every = Tab(_("全部品牌"), f"{path}?{urlencode(kept)}", not asked.brand)
    return [
        every,
        *(
            Tab(name, f"{path}?{urlencode({**kept, 'brand': code})}", code == asked.brand)
            for code, name in brands
        ),
    ]
