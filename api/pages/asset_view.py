"""Assets as the pages show them: what one is, in a line, and whether it may be used, in a chip."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import PurePath
from typing import Final

from api.pages.i18n import _, translate
from api.pages.parts import Chip, Tone
from api.pages.times import Moment, Times
from assets.row_shapes import AssetRow
from assets.sentences import block_sentence
from assets.words import KINDS, STATES

# Amber from here on: a month is what it takes to have a licence renewed.
SOON_EXPIRES: Final = timedelta(days=30)
_STATE_TONES: Final[Mapping[str, Tone]] = {
    "in_review": "act",
    "rejected": "soon",
    "recalled": "bad",
}
_UNITS: Final = ("B", "KB", "MB", "GB")
_SHORT: Final = 6


@dataclass(frozen=True)
class AssetCard:
    """One asset of the gallery or the list.

    *picture* is its thumbnail's address, if it has one, and *whole* says that cutting would hurt
    it; *excerpt* its first words, for a card without a picture.
    """

    row: AssetRow
    href: str
    what: str
    facts: str
    chip: Chip
    icon: str
    picture: str | None
    whole: bool
    excerpt: str
    updated: Moment
    size: str


def asset_card(row: AssetRow, times: Times, excerpt: str = "") -> AssetCard:
    """Return *row* for a list."""
    what = what_it_is(row)
    return AssetCard(
        row=row,
        href=asset_href(row),
        what=what,
        facts=" · ".join(part for part in (what, short_facts(row)) if part),
        chip=asset_chip(row, times.now.astimezone(times.zone).date()),
        icon=icon_of(row),
        picture=picture_href(row.id, "thumb", row.version) if row.thumb else None,
        whole=row.facts.get("orientation") != "landscape",
        excerpt=excerpt,
        updated=times.moment(row.updated_at),
        size=in_bytes(row.size) if row.size else "",
    )


def asset_href(row: AssetRow) -> str:
    """Return the page of an asset; messages have a room of their own."""
    return f"/messages/{row.id}" if row.kind == "message" else f"/assets/{row.id}"


def picture_href(asset_id: str, name: str, version: int) -> str:
    """Return the address of a picture of one version."""
    return f"/assets/{asset_id}/renditions/{name}?version={version}"


def what_it_is(row: AssetRow) -> str:
    """Return the kind in a word; of media, picture or video or sound."""
    family = (row.media_type or "").partition("/")[0]
    if row.kind == "media" and family in {"image", "video", "audio"}:
        return {"image": _("图片"), "video": _("视频"), "audio": _("音频")}[family]
    return translate(KINDS[row.kind])


def icon_of(row: AssetRow) -> str:
    """Return which drawing stands for an asset without a picture."""
    if row.kind == "media" and (row.media_type or "").startswith("video/"):
        return "video"
    return row.kind


def short_facts(row: AssetRow) -> str:
    """Return the fact that tells it from its neighbours: pixels, or format and pages."""
    facts = row.facts
    pages, width, height = facts.get("pages"), facts.get("width"), facts.get("height")
    suffix = suffix_of(row.filename)
    if pages:
        return _("%(format)s %(n)s 页", format=suffix, n=f"{pages:,}").strip()
    if width and height and suffix != "SVG":
        return f"{width}×{height}"
    return suffix


def suffix_of(filename: str | None) -> str:
    """Return the suffix of a file as a word: PDF, PPTX; empty when it has none or an odd one."""
    suffix = PurePath(filename or "").suffix.removeprefix(".").upper()
    return suffix if suffix.isascii() and suffix.isalnum() and len(suffix) <= _SHORT else ""


def asset_chip(row: AssetRow, today: date) -> Chip:
    """Return the one thing to know: may it be used, until when, or what stands in the way."""
    if row.processing == "failed" and row.state != "published":
        return Chip(_("读取失败"), "bad", row.fault or "")
    if row.state != "published":
        return Chip(translate(STATES[row.state]), _STATE_TONES.get(row.state, ""))
    if not row.available:
        why = _("；").join(block_sentence(block, translate) for block in row.blocked_by)
        return Chip(_("不可用"), "bad", why)
    if row.expires_on and row.expires_on - today <= SOON_EXPIRES:
        return Chip(_("授权 %(day)s 到期", day=month_day(row.expires_on, today)), "soon")
    return Chip(_("可用"), "good")


def month_day(day: date, today: date) -> str:
    """Return 11-30, with its year when it is not this one."""
    return f"{day:%m-%d}" if day.year == today.year else f"{day:%Y-%m-%d}"


def in_bytes(size: int) -> str:
    """Return a size as people read it: 640 B, 1.4 MB."""
    amount, unit = float(size), 0
    while amount >= 1024 and unit < len(_UNITS) - 1:
        amount, unit = amount / 1024, unit + 1
    whole = unit < 2 or amount >= 100
    return f"{amount:.0f} {_UNITS[unit]}" if whole else f"{amount:.1f} {_UNITS[unit]}"
