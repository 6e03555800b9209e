"""Where the databases stand in counting up ids; an id that was given is never given again."""

from collections.abc import Iterator, Sequence

from sqlalchemy import Integer, Table, func, select, text
from sqlalchemy.orm import Session

from storage.records.base import Base


def counters(session: Session, tables: Sequence[Table]) -> Iterator[tuple[Table, int]]:
    """Yield each table that counts its ids itself with the last id it gave, 0 for none."""
    for table in tables:
        if counts_ids(table):
            yield table, max(_highest(session, table), _remembered(session, table))


def counts_ids(table: Table) -> bool:
    """Say whether the database gives *table* its ids."""
    column = table.autoincrement_column
    return column is not None and isinstance(column.type, Integer) and not column.foreign_keys


def set_counter(session: Session, table: Table, counted: int) -> None:
    """Let the next id of *table* be the one after *counted*."""
    if session.get_bind().dialect.name == "sqlite":
        if table.dialect_options["sqlite"]["autoincrement"]:
            session.execute(text("DELETE FROM sqlite_sequence WHERE name = :n"), {"n": table.name})
            session.execute(
                text("INSERT INTO sqlite_sequence (name, seq) VALUES (:n, :c)"),
                {"n": table.name, "c": counted},
            )
        return
    # A sequence starts at 1: "not called yet" is how it says 0.
    session.execute(
        select(func.setval(_sequence(table), max(counted, 1), counted > 0)),
    )


def raise_counter(session: Session, rows: type[Base], least: int) -> None:
    """Let every id that the database gives *rows* from now on be above *least*.

    To be called after ids were given to rows by hand, too: PostgreSQL overlooks those.
    """
    table = rows.__table__
    assert isinstance(table, Table)
    wanted = max(_highest(session, table), least)
    if _remembered(session, table) < wanted:
        set_counter(session, table, wanted)


def _highest(session: Session, table: Table) -> int:
    column = table.autoincrement_column
    assert column is not None
    return session.scalar(select(func.coalesce(func.max(column), 0))) or 0


def _remembered(session: Session, table: Table) -> int:
    if session.get_bind().dialect.name == "sqlite":
        if not table.dialect_options["sqlite"]["autoincrement"]:
            return 0
        query = text("SELECT seq FROM sqlite_sequence WHERE name = :name")
        return session.scalar(query, {"name": table.name}) or 0
    told = text("SELECT coalesce(pg_sequence_last_value(CAST(:name AS regclass)), 0)")
    return session.scalar(told, {"name": _sequence(table)}) or 0


def _sequence(table: Table) -> str:
    column = table.autoincrement_column
    assert column is not None
    return f'"{table.name}_{column.name}_seq"'
