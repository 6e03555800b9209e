"""The form of a brand, with a box to try its words on a text before they are saved."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from starlette.datastructures import FormData

from api.doors import text_field
from api.pages.i18n import _
from api.pages.said import Segment, segments
from core.errors import InvalidInput
from sentiment.brands import BrandInput
from sentiment.matching import WatchedBrand, Watchlist
from storage.records.watch import Brand

LISTS: Final = ("aliases", "products", "people", "exclude", "context")
# People part words by lines or by any comma they have at hand.
_BETWEEN: Final = re.compile(r"[\n,，、;；]+")
_LONGEST_LIST: Final = 60_000


@dataclass(frozen=True)
class Trial:
    """What the words of the form find in a text."""

    text: str
    segments: tuple[Segment, ...]
    says: str
    found: bool


@dataclass(frozen=True)
class BrandForm:
    """What the fields hold, lists one word a line; *errors* by field."""

    id: str = ""
    version: int = 0
    archived: bool = False
    values: Mapping[str, str] = field(default_factory=lambda: dict(_EMPTY))
    errors: Mapping[str, str] = field(default_factory=dict)
    notice: str = ""
    trial: Trial | None = None

    @classmethod
    def of(cls, brand: Brand) -> "BrandForm":
        """Return the form that shows *brand*."""
        values = {"name": brand.name, "role": brand.role, "sample": ""}
        lists = {name: "\n".join(getattr(brand, name)) for name in LISTS}
        return cls(brand.id, brand.version, brand.archived_at is not None, values | lists)

    @property
    def roles(self) -> list[tuple[str, str]]:
        """Roles to choose from."""
        return [("own", _("自己的品牌")), ("competitor", _("竞品")), ("industry", _("行业话题"))]

    def given(self) -> BrandInput:
        """Return what the room below takes."""
        lists = {name: split_words(self.values[name]) for name in LISTS}
        return BrandInput(self.values["name"], self.values["role"], **lists)

    def wrong(self, error: InvalidInput) -> "BrandForm":
        """Return this form with *error* at its field, or above it where it has none."""
        if error.field and error.field in self.values:
            return replace(self, errors={error.field: str(error)})
        return replace(self, notice=str(error))

    def stale(self, message: str, current: int) -> "BrandForm":
        """Return this form over the *current* version: sending it again overwrites knowingly."""
        return replace(self, notice=message, version=current)

    def tried(self) -> "BrandForm":
        """Return this form with what its words find in the trial text. Raises ``InvalidInput``."""
        given, text = self.given().checked(), self.values["sample"]
        watched = WatchedBrand(
            self.id or "new",
            given.name,
            given.role,  # type: ignore[arg-type]  # checked above
            **{name: tuple(getattr(given, name)) for name in LISTS},
        )
        spans = [span for match in Watchlist([watched]).match(text) for span in match.spans]
        says = (
            _("会收录：提到 %(n)s 处。", n=len(spans))
            if spans
            else _("不会收录：没有提到，或被排除词、语境词挡住了。")
        )
        return replace(self, trial=Trial(text, segments(text, (), spans), says, bool(spans)))


_EMPTY: Final[Mapping[str, str]] = {
    "name": "",
    "role": "own",
    "sample": "",
} | dict.fromkeys(LISTS, "")


def split_words(text: str) -> list[str]:
    """Return the words of a list field: one a line, or parted by commas."""
    return [word.strip() for word in _BETWEEN.split(text) if word.strip()]


def read_form(form: FormData, brand_id: str = "") -> BrandForm:
    """Read what was sent."""
    version = text_field(form, "version")
    return BrandForm(
        brand_id,
        int(version) if version.isdigit() and len(version) < 10 else 0,
        values={name: text_field(form, name, limit=_LONGEST_LIST) for name in _EMPTY},
    )
