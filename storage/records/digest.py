"""What tables hold, as counts and hashes that are equal on every engine."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import Row, Table, select
from sqlalchemy.orm import Session

from storage.records.texts import json_text

_ROWS_AT_ONCE = 1_000


@dataclass(frozen=True)
class TableDigest:
    """How many rows a table has, and the SHA-256 (hex) over all of them in the key's order."""

    rows: int
    sha256: str


def table_digest(session: Session, table: Table) -> TableDigest:
    """Count and hash every row of *table* as *session* sees it."""
    rows, summed = 0, sha256()
    for row in all_rows(session, table):
        rows += 1
        summed.update(canonical_row(row))
    return TableDigest(rows, summed.hexdigest())


def all_rows(session: Session, table: Table) -> Iterator[Row[Any]]:
    """Yield the rows of *table* in the order of its primary key, few of them in memory."""
    query = select(table).order_by(*table.primary_key)
    # Over a server's cursor, or all rows would come at once.
    found = session.execute(query, execution_options={"yield_per": _ROWS_AT_ONCE})
    yield from found


def canonical_row(row: Row[Any]) -> bytes:
    """Write *row* as one line of JSON: the same bytes on every engine for the same values.

    Times are UTC with microseconds, bytes hexadecimal, texts ``storable``, keys sorted.
    """
    return json_text([_canonical(value) for value in row]).encode() + b"\n"


def _canonical(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    if isinstance(value, dict):
        return {key: _canonical(value[key]) for key in sorted(value)}
    if isinstance(value, list):
        return [_canonical(each) for each in value]
    return value
