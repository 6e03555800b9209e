"""The first words of assets that have no picture, so that a wall of cards tells something."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from assets.message_body import stored_body
from assets.row_shapes import AssetRow
from storage.records.library import AssetVersion, TextLayer

_FIRST_PAGE: Final = 1
# Twice what a card holds at its widest: the rest is cut off softly by the style sheet.
_LONGEST: Final = 240


def excerpts(session: Session, rows: Iterable[AssetRow]) -> Mapping[str, str]:
    """Return first words by asset id, of *rows* without a picture; one query for all of them.

    Of a message what is said, of a document the text of its first page.
    """
    owners = {row.version_id: row.id for row in rows if not row.thumb}
    if not owners:
        return {}
    wanted = (
        select(AssetVersion.id, AssetVersion.body, func.substr(TextLayer.text, 1, _LONGEST * 2))
        .outerjoin(
            TextLayer,
            and_(TextLayer.version_id == AssetVersion.id, TextLayer.page == _FIRST_PAGE),
        )
        .where(AssetVersion.id.in_(owners))
    )
    told = {owners[version]: _first(body, text) for version, body, text in session.execute(wanted)}
    return {asset: words for asset, words in told.items() if words}


def _first(body: Mapping[str, Any] | None, text: str | None) -> str:
    said = stored_body(body).text_for("") if body else text or ""
    lines = (" ".join(line.split()) for line in said.splitlines())
    return "\n".join(line for line in lines if line)[:_LONGEST]
