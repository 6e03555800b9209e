"""What the gallery was asked for, and the addresses that ask a little differently."""

import re
from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final
from urllib.parse import urlencode

from starlette.datastructures import QueryParams

from assets.words import CHANNELS, KINDS, STATES

PATH: Final = "/assets"
_LONGEST: Final = 400
_MONTH: Final = re.compile(r"(20[0-9]{2})-(0[1-9]|1[0-2])")
_FIELDS: Final = (
    "q",
    "kind",
    "state",
    "brand",
    "tag",
    "channel",
    "month",
    "expires",
    "view",
    "cursor",
)
# What runs out soon is a list of its own, which no other condition narrows.
EXPIRES: Final = "30"
FILTERS: Final = ("state", "brand", "tag", "channel", "month")


@dataclass(frozen=True)
class AssetQuery:
    """The search box, the tab and the filters that are on. Empty fields ask for nothing."""

    q: str = ""
    kind: str = ""
    state: str = ""
    brand: str = ""
    tag: str = ""
    channel: str = ""
    month: str = ""
    expires: str = ""
    view: str = ""
    cursor: str = ""

    @classmethod
    def read(cls, params: QueryParams) -> "AssetQuery":
        """Read the address; what does not exist is passed over."""

        def known(name: str, words: Any) -> str:
            value = params.get(name, "")
            return value if value in words else ""

        month = params.get("month", "")
        return cls(
            q=params.get("q", "")[: _LONGEST + 1].strip(),
            kind=known("kind", KINDS),
            state=known("state", STATES),
            brand=params.get("brand", "")[:80],
            tag=params.get("tag", "").strip()[:80],
            channel=known("channel", CHANNELS),
            month=month if _MONTH.fullmatch(month) else "",
            expires=known("expires", {EXPIRES}),
            view=known("view", {"list"}),
            cursor=params.get("cursor", "")[:2000],
        )

    @property
    def href(self) -> str:
        """The address of this query."""
        fields = {name: value for name in _FIELDS if (value := getattr(self, name))}
        return f"{PATH}?{urlencode(fields)}" if fields else PATH

    @property
    def is_empty(self) -> bool:
        """Whether it asks for everything."""
        return replace(self, cursor="", view="") == AssetQuery()

    @property
    def filtered(self) -> bool:
        """Whether a filter of the menu is on."""
        return any(getattr(self, name) for name in FILTERS)

    def but(self, **changes: Any) -> "AssetQuery":
        """Return this query from its first page with *changes*."""
        return replace(self, **({"cursor": ""} | changes))

    @property
    def usable_on(self) -> date | None:
        """The last day of the month: what can be used then can be used until the month is over."""
        found = _MONTH.fullmatch(self.month)
        if found is None:
            return None
        year, month = int(found[1]), int(found[2])
        return date(year, month, monthrange(year, month)[1])
