"""Moves aside what stands in a copied row's way: values that the source gave to another row."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Column, Row, String, Table, UniqueConstraint, select, tuple_, update
from sqlalchemy.orm import Session

_ASIDE = "\ue000moved aside "


def make_room(session: Session, table: Table, rows: Sequence[Row[Any]]) -> None:
    """Change the unique values of *rows* wherever another row of *table* still holds them.

    Such a row is stale: the source has each of these values once. Its own batch, or the next
    copy, brings it up to date.
    """
    for constraint in table.constraints:
        if isinstance(constraint, UniqueConstraint):
            columns = list(constraint.columns)
            free = _freely_set(columns)
            if free is not None:
                for row in rows:
                    _set_aside(session, table, columns, free, row)


def _freely_set(columns: Sequence[Column[Any]]) -> Column[Any] | None:
    """Return the text column that may hold anything, if one does."""
    texts = [each for each in columns if isinstance(each.type, String) and not each.foreign_keys]
    return texts[-1] if texts else None


def _set_aside(
    session: Session,
    table: Table,
    columns: Sequence[Column[Any]],
    free: Column[Any],
    row: Row[Any],
) -> None:
    keys = list(table.primary_key)
    taken = select(*keys).where(*(each == row._mapping[each] for each in columns))
    for found in session.execute(taken).all():
        if tuple(found) != tuple(row._mapping[each] for each in keys):
            aside = _ASIDE + " ".join(map(str, found))
            here = tuple_(*keys) == tuple_(*found, types=[each.type for each in keys])
            session.execute(update(table).where(here).values({free: aside}))
