"""What the embedded engine writes, inside one write transaction of its caller."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import apsw

from storage.search import order
from storage.search.assets.columns import Columns, columns
from storage.search.assets.interface import AssetDocument
from storage.search.fulltext import blob


@dataclass(frozen=True)
class Prepared:
    """A document and what its columns of the text index hold, made before anything is locked."""

    document: AssetDocument
    columns: Columns


def prepared(document: AssetDocument) -> Prepared:
    """Return *document* with its tokens."""
    return Prepared(document, columns(document))


def put_many(db: apsw.Connection, documents: Sequence[Prepared], *, anew: bool) -> int:
    """Write each document unless one as new is held; return how many were written.

    No id comes twice.
    """
    written = 0
    for each in documents:
        held = db.execute(
            "SELECT row, revision FROM asset_row WHERE id=?", (blob(each.document.id),)
        ).get
        if held is not None:
            if not anew and held[1] >= each.document.revision:
                continue
            _remove(db, held[0])
        _insert(db, each)
        written += 1
    return written


def delete(db: apsw.Connection, ids: Sequence[str]) -> int:
    """Remove assets; return how many there were."""
    removed = 0
    for asset_id in dict.fromkeys(ids):
        row = db.execute("SELECT row FROM asset_row WHERE id=?", (blob(asset_id),)).get
        if row is not None:
            _remove(db, row)
            removed += 1
    return removed


def _remove(db: apsw.Connection, row: int) -> None:
    db.execute("DELETE FROM asset_text WHERE rowid=?", (row,))
    for table in ("asset_row", "asset_document", "asset_layer", "asset_tag"):
        db.execute(f"DELETE FROM {table} WHERE row=?", (row,))  # noqa: S608 - named above


def _insert(db: apsw.Connection, each: Prepared) -> None:
    document = each.document
    row = _free_row(db, document)
    db.execute(
        "INSERT INTO asset_row VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            row,
            blob(document.id),
            document.revision,
            blob(document.kind),
            blob(document.state),
            _optional(document.brand_id),
            _optional(document.media_type),
            order.microseconds(document.updated_at),
            _day(document.usable_from),
            _day(document.usable_until),
        ),
    )
    shown = [document.title, document.tags, document.description]
    text = json.dumps(shown, ensure_ascii=False, separators=(",", ":"))
    db.execute("INSERT INTO asset_document VALUES (?, ?)", (row, blob(text)))
    db.executemany(
        "INSERT INTO asset_layer VALUES (?, ?, ?)",
        [(row, page, blob(text)) for page, text in dict(document.layers).items()],
    )
    db.executemany(
        "INSERT INTO asset_tag VALUES (?, ?)",
        [(row, blob(name)) for name in dict.fromkeys(document.tags)],
    )
    db.execute(
        "INSERT INTO asset_text(rowid, title, tags, description, text, pinyin, keywords) "
        "VALUES (?, ?, ?, ?, ?, ?, ?)",
        (row, *each.columns.texts, each.columns.pinyin, " ".join(each.columns.marks)),
    )


def _free_row(db: apsw.Connection, document: AssetDocument) -> int:
    updated, attempt = order.microseconds(document.updated_at), 0
    row = order.number(document.id, updated)
    while db.execute("SELECT 1 FROM asset_row WHERE row=?", (row,)).get:
        attempt += 1
        row = order.number(document.id, updated, attempt)
    return row


def _optional(value: str | None) -> bytes | None:
    return None if value is None else blob(value)


def _day(day: date | None) -> int | None:
    return None if day is None else day.toordinal()
