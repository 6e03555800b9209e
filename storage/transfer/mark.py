"""A word left in the target of a transfer: by whom it was begun, and when it was whole.

A table of its own beside the records, so that no copy and no comparison of records meets it.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Column, MetaData, String, Table, delete, insert, inspect, select, update

from core.errors import StorageError
from storage.records import Records, UtcDateTime

_MARKS: Final = Table(
    "transfer",
    MetaData(),
    Column("origin", String, primary_key=True),
    Column("begun_at", UtcDateTime, nullable=False),
    Column("finished_at", UtcDateTime),
)


@dataclass(frozen=True)
class Mark:
    """*origin* tells one workspace or backup from another; *finished_at* is None until whole."""

    origin: str
    begun_at: datetime
    finished_at: datetime | None


def read(records: Records) -> Mark | None:
    """Return the mark, or None where nothing was ever brought."""
    with records.read() as session:
        if not inspect(session.connection()).has_table(_MARKS.name):
            return None
        row = session.execute(select(_MARKS)).first()
        return None if row is None else Mark(*row)


def begin(records: Records, origin: str, now: datetime) -> None:
    """Note that *records* are being filled from *origin*."""
    with records.write() as session:
        _MARKS.create(session.connection(), checkfirst=True)
        session.execute(delete(_MARKS))
        session.execute(insert(_MARKS).values(origin=origin, begun_at=now, finished_at=None))


def finish(records: Records, now: datetime) -> None:
    """Note that *records* and the stores beside them hold everything."""
    with records.write() as session:
        session.execute(update(_MARKS).values(finished_at=now))


def demand_whole(records: Records) -> None:
    """Raise ``StorageError`` when a transfer into *records* was begun and not finished."""
    mark = read(records)
    if mark is not None and mark.finished_at is None:
        raise StorageError(
            "These stores are being filled by `shengyu move` or `shengyu restore`, which was not "
            "finished. Run it again until it says that all is equal, then start."
        )
