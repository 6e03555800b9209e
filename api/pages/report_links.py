"""The addresses behind the figures of a report: each leads to the list that it counts."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from urllib.parse import urlencode

from api.pages.asset_query import AssetQuery
from api.pages.mention_query import MentionQuery
from api.periods import Period
from api.report import Report


@dataclass(frozen=True)
class ReportLinks:
    """Makes addresses for one period and brand."""

    period: Period
    brand_id: str | None
    only_brand: str | None

    @classmethod
    def of(cls, report: Report) -> "ReportLinks":
        """Return the links of *report*; a brand that is the only one needs not be chosen."""
        only = report.brands[0].id if len(report.brands) == 1 else None
        return cls(report.period, report.brand_id, only)

    def within(self, first: date, last: date) -> "ReportLinks":
        """Return the links of some days of the period."""
        inside = Period(
            max(first, self.period.first), min(last, self.period.last), self.period.zone
        )
        return replace(self, period=inside)

    def cases(self, which: str) -> str:
        """Return where the cases behind a figure are listed."""
        return f"/reports/cases?{urlencode({**self._fields, 'which': which})}"

    def assets(self, kind: str = "") -> str:
        """Return where the assets that were new in the period are listed."""
        kinds = {"kind": kind} if kind else {}
        return f"/reports/assets?{urlencode({**self._fields, **kinds})}"

    def stock(self, kind: str = "") -> str:
        """Return the gallery of what is published now."""
        return AssetQuery(state="published", kind=kind, brand=self.brand_id or "").href

    def mentions(self, label: str = "", brand_id: str | None = None) -> str | None:
        """Return the feed of the period; None where several brands would be mixed up in it."""
        brand = brand_id or self.only_brand
        if brand is None:
            return None
        end = self.period.last + timedelta(days=1)
        q = f"after:{self.period.first} before:{end}"
        return MentionQuery(q=q, label=(label,) if label else (), brand=(brand,)).href

    def export(self) -> str:
        """Return the address of the figures as CSV."""
        return f"/reports/kpi.csv?{urlencode(self._fields)}"

    @property
    def _fields(self) -> dict[str, str]:
        brand = {"brand": self.brand_id} if self.brand_id else {}
        return {**self.period.fields, **brand}
