"""What a transfer asks of the records beside copying them."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import Table, func, insert, select
from sqlalchemy.orm import Session

from storage.records.copying import BATCH, tables_in_order
from storage.records.digest import all_rows
from storage.transfer.stores import in_batches


def mappings(session: Session, table: Table) -> Iterator[Mapping[str, Any]]:
    """Yield the rows of *table* as column → value, in the order of its key."""
    for row in all_rows(session, table):
        yield dict(zip(table.columns.keys(), row, strict=True))


def fill(session: Session, table: Table, rows: Iterable[Mapping[str, Any]]) -> int:
    """Add *rows* and return how many they were."""
    added = 0
    for batch in in_batches(rows, BATCH):
        session.execute(insert(table), [dict(row) for row in batch])
        added += len(batch)
    return added


def counts(session: Session) -> dict[str, int]:
    """Return the number of rows of every table."""
    return {
        table.name: session.scalar(select(func.count()).select_from(table)) or 0
        for table in tables_in_order()
    }


def no_rows(session: Session) -> bool:
    """Say whether no table has a row."""
    return all(
        session.execute(select(table).limit(1)).first() is None for table in tables_in_order()
    )
