"""The form of an asset: what a new file is, what an old one is called."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import PurePath
from typing import Final

from starlette.datastructures import FormData

from api.doors import text_field
from api.pages.asset_view import in_bytes
from api.pages.form_fields import words_field
from api.pages.i18n import _, translate
from api.wiring import Service
from assets.row_shapes import AssetRow
from assets.sniffing import type_of
from assets.uploads import CompletedUpload
from assets.words import FILE_KINDS, KINDS
from core.errors import InvalidInput

_FIELDS: Final = ("kind", "title", "description", "tags", "brand_id", "note")


@dataclass(frozen=True)
class AssetForm:
    """What the fields hold, as text; *errors* by field; *notice* is about the whole form.

    *file* says which file it is for; *version* is the asset's that is edited, or gets a new file.
    """

    asset_id: str = ""
    version: int = 0
    upload: str = ""
    file: str = ""
    title: str = ""
    values: Mapping[str, str] = field(default_factory=lambda: dict.fromkeys(_FIELDS, ""))
    errors: Mapping[str, str] = field(default_factory=dict)
    notice: str = ""
    brands: tuple[tuple[str, str], ...] = ()

    @property
    def kinds(self) -> list[tuple[str, str]]:
        """Kinds to choose from; messages are written, not uploaded."""
        return [(kind, translate(KINDS[kind])) for kind in FILE_KINDS]

    @property
    def tags(self) -> tuple[str, ...]:
        """The tags as they were written, parted."""
        return words_field(FormData([("tags", self.values["tags"])]), "tags")

    def wrong(self, error: InvalidInput) -> "AssetForm":
        """Return this form with *error* at its field, or above it where it has none."""
        if error.field and error.field in self.values:
            return replace(self, errors={error.field: str(error)})
        return replace(self, notice=str(error))

    def stale(self, message: str, current: int) -> "AssetForm":
        """Return this form over the *current* version: sending it again overwrites knowingly."""
        return replace(self, notice=message, version=current)


def brand_choices(opened: Service) -> tuple[tuple[str, str], ...]:
    """Return the brands an asset may belong to, and none."""
    named = ((brand.id, brand.name) for brand in opened.brands())
    return (("", _("所有品牌")), *named)


def form_for_upload(opened: Service, done: CompletedUpload) -> AssetForm:
    """Return the form for a new asset, with kind and title guessed from the file."""
    own = [brand.id for brand in opened.brands() if brand.role == "own"]
    guessed = {
        "kind": type_of(done.media_type).kind,
        "title": PurePath(done.filename).stem.replace("_", " ").strip(),
        "brand_id": own[0] if len(own) == 1 else "",
    }
    return AssetForm(
        upload=done.id,
        file=file_words(done),
        values=dict.fromkeys(_FIELDS, "") | guessed,
        brands=brand_choices(opened),
    )


def form_for_version(opened: Service, row: AssetRow, done: CompletedUpload) -> AssetForm:
    """Return the form for a new file of an old asset: only what changed is asked."""
    return AssetForm(
        asset_id=row.id,
        version=row.locked_version,
        upload=done.id,
        file=file_words(done),
        title=row.title,
        brands=brand_choices(opened),
    )


def form_of(opened: Service, row: AssetRow) -> AssetForm:
    """Return the form that shows what is said about an asset."""
    values = {
        "kind": row.kind,
        "title": row.title,
        "description": row.description,
        "tags": _("，").join(row.tags),
        "brand_id": row.brand[0] if row.brand else "",
        "note": "",
    }
    return AssetForm(
        asset_id=row.id,
        version=row.locked_version,
        title=row.title,
        values=values,
        brands=brand_choices(opened),
    )


def read_form(form: FormData, given: AssetForm) -> AssetForm:
    """Return *given* with what was sent."""
    return replace(given, values={name: text_field(form, name) for name in _FIELDS})


def file_words(done: CompletedUpload) -> str:
    """Say which file it is: its name, type and size."""
    parts = (done.filename, translate(type_of(done.media_type).name), in_bytes(done.size))
    return " · ".join(parts)
