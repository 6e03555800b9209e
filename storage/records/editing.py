"""What every edit of a named, versioned record checks first."""

from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.errors import Conflict, InvalidInput, NotFound
from storage.records.watch import Brand, Source

# Records with a unique name and a version that every edit raises.
Record = TypeVar("Record", Brand, Source)


def of_version(
    session: Session, table: type[Record], record_id: str, version: int, what: str
) -> Record:
    """Return the record, its row locked, if it still has *version*.

    *what* names the kind of record in the sentence of ``NotFound`` or ``Conflict``.
    """
    record = session.get(table, record_id, with_for_update=True)
    if record is None:
        raise NotFound(f"没有这个{what}。")
    if record.version != version:
        raise Conflict(f"别人刚刚修改了这个{what}。请刷新后再改。")
    return record


def demand_free_name(
    session: Session, table: type[Record], name: str, own_id: str | None, what: str
) -> None:
    """Raise ``InvalidInput`` when another record than *own_id* has *name*."""
    taken = session.scalar(select(table.id).where(table.name == name))
    if taken is not None and taken != own_id:
        raise InvalidInput(f"已有名为“{name}”的{what}。", field="name")
