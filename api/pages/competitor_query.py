"""What the competitors page was asked for, and the addresses that ask a little differently."""

from dataclasses import dataclass, replace
from typing import Any, Final
from urllib.parse import urlencode

from starlette.datastructures import QueryParams

from api.pages.mention_query import MentionQuery
from api.pages.report_asked import Asked, read_asked
from api.periods import DEFAULT
from api.wiring import Service
from sentiment.activity import ACTIVITIES
from storage.search import Filters, SearchRequest, Selection

PATH: Final = "/competitors"
_PAGE_SIZE: Final = 20
_LONGEST: Final = 4000


@dataclass(frozen=True)
class CompetitorQuery:
    """The query box, the tab, the competitor and the period. Empty fields ask for everything."""

    asked: Asked
    q: str = ""
    activity: str = ""
    brand: str = ""
    cursor: str = ""

    @classmethod
    def read(cls, opened: Service, params: QueryParams) -> "CompetitorQuery":
        """Read the address; what does not exist is passed over."""
        rivals = {brand.id for brand in opened.brands() if brand.role == "competitor"}
        activity, brand = params.get("activity", ""), params.get("brand", "")
        return cls(
            read_asked(opened, params),
            params.get("q", "")[: _LONGEST + 1].strip(),
            activity if activity in ACTIVITIES else "",
            brand if brand in rivals else "",
            params.get("cursor", "")[:2000],
        )

    @property
    def fields(self) -> dict[str, str]:
        """The fields of the address that are set; the usual period needs none."""
        period = self.asked.period
        when = {"period": period.code if period.code != DEFAULT else ""}
        if period.code == "custom":
            when = period.fields
        named = {name: getattr(self, name) for name in ("q", "activity", "brand", "cursor")}
        return {name: value for name, value in (when | named).items() if value}

    @property
    def href(self) -> str:
        """The address of this query."""
        return f"{PATH}?{urlencode(self.fields)}" if self.fields else PATH

    @property
    def export(self) -> str:
        """The address of everything it finds, as CSV."""
        return f"{PATH}.csv?{urlencode(self.but().fields)}"

    @property
    def is_narrow(self) -> bool:
        """Whether anything but the period is asked for."""
        return bool(self.q or self.activity or self.brand)

    def but(self, **changes: Any) -> "CompetitorQuery":
        """Return this query from its first page with *changes*."""
        return replace(self, **({"cursor": ""} | changes))

    def selection(self, opened: Service) -> Selection:
        """Return what the index is asked."""
        return Selection(
            q=self.q, filters=self._filters, brands=opened.brand_names(), zone=opened.zone
        )

    def request(self, opened: Service) -> SearchRequest:
        """Return one page of it."""
        return SearchRequest(
            q=self.q,
            filters=self._filters,
            brands=opened.brand_names(),
            zone=opened.zone,
            limit=_PAGE_SIZE,
            cursor=self.cursor or None,
        )

    @property
    def as_mentions(self) -> MentionQuery:
        """What decides how a row is shown: with one competitor, what is meant for it."""
        return MentionQuery(q=self.q, brand=(self.brand,) if self.brand else ())

    @property
    def _filters(self) -> Filters:
        return Filters(
            brand_ids=(self.brand,) if self.brand else (),
            brand_roles=("competitor",),
            activities=(self.activity,) if self.activity else (),
            after=self.asked.period.after,
            before=self.asked.period.before,
        )
