"""What the mentions page was asked for, and the addresses that ask a little differently."""

from dataclasses import dataclass, replace
from typing import Any, Final, cast, get_args
from urllib.parse import urlencode

from starlette.datastructures import QueryParams

from api.wiring import Service
from storage.mentions import Label
from storage.search import Filters, SearchRequest

PATH: Final = "/mentions"
_PAGE_SIZE: Final = 20
_LONGEST: Final = 4000


@dataclass(frozen=True)
class MentionQuery:
    """The query box and the facets that are on. Empty fields ask for nothing."""

    q: str = ""
    label: tuple[str, ...] = ()
    platform: tuple[str, ...] = ()
    brand: tuple[str, ...] = ()
    cursor: str = ""

    @classmethod
    def read(cls, params: QueryParams) -> "MentionQuery":
        """Read the address; labels that do not exist are passed over."""
        known = get_args(Label)
        return cls(
            q=params.get("q", "")[: _LONGEST + 1].strip(),
            label=tuple(label for label in params.getlist("label") if label in known),
            platform=tuple(params.getlist("platform")),
            brand=tuple(params.getlist("brand")),
            cursor=params.get("cursor", ""),
        )

    @property
    def href(self) -> str:
        """The address of this query."""
        fields = {
            name: value
            for name in ("q", "label", "platform", "brand", "cursor")
            if (value := getattr(self, name))
        }
        return f"{PATH}?{urlencode(fields, doseq=True)}" if fields else PATH

    @property
    def is_empty(self) -> bool:
        """Whether it asks for everything."""
        return replace(self, cursor="") == MentionQuery()

    @property
    def one_story(self) -> bool:
        """Whether it asks for the copies of a story, which then must not be folded."""
        return "story:" in self.q.lower()

    def toggled(self, field: str, value: str) -> "MentionQuery":
        """Return this query from its first page with one facet value chosen, or taken back."""
        chosen = () if value in getattr(self, field) else (value,)
        changes: dict[str, Any] = {field: chosen, "cursor": ""}
        return replace(self, **changes)

    def without(self, field: str) -> "MentionQuery":
        """Return this query with one facet off."""
        changes: dict[str, Any] = {field: (), "cursor": ""}
        return replace(self, **changes)

    def request(self, service: Service, *, facets: bool, limit: int = _PAGE_SIZE) -> SearchRequest:
        """Return what the index is asked."""
        return SearchRequest(
            q=self.q,
            filters=Filters(
                labels=cast(tuple[Label, ...], self.label),
                platforms=self.platform,
                brand_ids=self.brand,
            ),
            brands=service.brand_names(),
            zone=service.zone,
            limit=limit,
            cursor=self.cursor or None,
            facets=facets,
        )
