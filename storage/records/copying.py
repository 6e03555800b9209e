"""Copies the records from one database to another, whatever engines they are of.

Everything here may be cut off and run again, and rows may change in the source in between: the
last run, with the source's writers held back, makes both the same. The order of a whole copy is
``remove_absent``, ``copy_table`` for each of ``tables_in_order``, ``copy_counters``.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, Table, and_, delete, insert, select, tuple_, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from storage.records import tables
from storage.records.base import Base
from storage.records.counters import counters, set_counter
from storage.records.database import Records
from storage.records.digest import TableDigest, canonical_row, table_digest
from storage.records.stale import make_room

assert tables  # imported so that every table is known to the metadata

# PostgreSQL takes 65,535 values in one statement; no table has 60 columns.
BATCH = 1_000

# The values of a row's primary key, in its order; they are texts and whole numbers, so JSON.
Key = tuple[str | int, ...]


@dataclass(frozen=True)
class Batch:
    """What one step of a copy did: up to which key, over how many rows, how many it wrote."""

    table: str
    last: Key
    rows: int
    written: int


def tables_in_order() -> list[Table]:
    """Return every table, the ones that others refer to first."""
    return list(Base.metadata.sorted_tables)


def copy_records(source: Session, target: Records) -> Iterator[Batch]:
    """Make *target* hold exactly what *source* sees, yielding after each batch it committed.

    With a session of ``read`` the source goes on being written; with one of ``write`` its
    writers wait until the session ends, and what both hold then is the same.
    """
    remove_absent(source, target)
    for table in tables_in_order():
        yield from copy_table(source, target, table)
    copy_counters(source, target)


def copy_table(
    source: Session, target: Records, table: Table, after: Key | None = None
) -> Iterator[Batch]:
    """Copy the rows of *table* behind *after* in the order of the key, a transaction a batch.

    Rows that are the same already are left alone: a copy that was cut off goes on quickly.
    """
    while rows := _batch(source, table, after):
        last = key_of(table, rows[-1])
        with target.write() as session:
            written = _bring(session, table, rows, after, last)
        yield Batch(table.name, last, len(rows), written)
        after = last


def remove_absent(source: Session, target: Records) -> int:
    """Remove from *target* what *source* has no more, those first that refer to others."""
    removed = 0
    for table in reversed(tables_in_order()):
        after: Key | None = None
        while keys := _keys(target, table, after):
            after = keys[-1]
            gone = set(keys) - _present(source, table, keys)
            if gone:
                with target.write() as session:
                    session.execute(delete(table).where(_key(table).in_(sorted(gone))))
            removed += len(gone)
    return removed


def copy_counters(source: Session, target: Records) -> None:
    """Let *target* count its ids on from where *source* stands, ids that were removed included."""
    for table, counted in counters(source, tables_in_order()):
        with target.write() as session:
            set_counter(session, table, counted)


def digest(session: Session) -> dict[str, TableDigest]:
    """Return what every table holds, by name: equal on two databases that hold the same."""
    return {table.name: table_digest(session, table) for table in tables_in_order()}


def key_of(table: Table, row: Row[Any]) -> Key:
    """Return the primary key of *row*."""
    return tuple(row._mapping[column] for column in table.primary_key)


def _batch(session: Session, table: Table, after: Key | None) -> Sequence[Row[Any]]:
    query = select(table).order_by(*table.primary_key).limit(BATCH)
    return session.execute(query.where(*_behind(table, after))).all()


def _bring(
    session: Session, table: Table, rows: Sequence[Row[Any]], after: Key | None, last: Key
) -> int:
    """Insert and change what differs between *rows* and the same stretch of the target."""
    stretch = select(table).where(*_behind(table, after), _key(table) <= _values(table, last))
    there = {key_of(table, row): canonical_row(row) for row in session.execute(stretch)}
    missing = [row for row in rows if key_of(table, row) not in there]
    changed = [
        row
        for row in rows
        if there.get(key_of(table, row), canonical_row(row)) != canonical_row(row)
    ]
    try:
        with session.begin_nested():
            _write(session, table, missing, changed)
    except IntegrityError:
        make_room(session, table, [*missing, *changed])
        _write(session, table, missing, changed)
    return len(missing) + len(changed)


def _write(
    session: Session, table: Table, missing: Sequence[Row[Any]], changed: Sequence[Row[Any]]
) -> None:
    for row in changed:
        here = _key(table) == _values(table, key_of(table, row))
        session.execute(update(table).where(here).values(_as_values(row)))
    if missing:
        session.execute(insert(table), [_as_values(row) for row in missing])


def _as_values(row: Row[Any]) -> dict[str, Any]:
    return dict(row._mapping)


def _keys(records: Records, table: Table, after: Key | None) -> list[Key]:
    query = select(*table.primary_key).order_by(*table.primary_key).limit(BATCH)
    with records.read() as session:
        return [tuple(row) for row in session.execute(query.where(*_behind(table, after)))]


def _present(session: Session, table: Table, keys: Sequence[Key]) -> set[Key]:
    between = and_(_key(table) >= _values(table, keys[0]), _key(table) <= _values(table, keys[-1]))
    return {tuple(row) for row in session.execute(select(*table.primary_key).where(between))}


def _behind(table: Table, after: Key | None) -> list[ColumnElement[bool]]:
    return [] if after is None else [_key(table) > _values(table, after)]


def _key(table: Table) -> Any:
    return tuple_(*table.primary_key)


def _values(table: Table, key: Key) -> Any:
    return tuple_(*key, types=[column.type for column in table.primary_key])
