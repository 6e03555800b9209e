"""The embedded engine: one SQLite file with a write-ahead log."""

import sqlite3
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import Connection
from sqlalchemy.exc import OperationalError

from storage.records.texts import json_text, make_texts_storable
from storage.records.transactions import purpose_of
from storage.records.turns import Turns

# A writer waits this long for another process's transaction before it gives up.
BUSY_TIMEOUT_S = 30.0
# SQLITE_BUSY, and the bits of a result code that tell it from its extended forms.
# https://www.sqlite.org/rescode.html
_BUSY, _PRIMARY = 5, 0xFF


def sqlite_engine(path: Path) -> Engine:
    """Return an engine on the file at *path*, which is created when first used."""
    # Debian's own SQLite has a WAL bug; pysqlite3 brings a newer one.
    import pysqlite3

    engine = create_engine(
        f"sqlite:///{path}",
        module=pysqlite3,
        connect_args={"timeout": BUSY_TIMEOUT_S, "check_same_thread": False},
        json_serializer=json_text,
    )
    make_texts_storable(engine)
    turns = Turns(path)

    @event.listens_for(engine, "connect")
    def _configure(connection: sqlite3.Connection, _record: Any) -> None:
        # The driver must not begin transactions on its own: _begin below does.
        connection.isolation_level = None
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        purpose = purpose_of(connection)
        if purpose == "load":
            turns.let_others_go_first()
        connection.exec_driver_sql(f"PRAGMA query_only={'ON' if purpose == 'read' else 'OFF'}")
        if purpose == "read":
            connection.exec_driver_sql("BEGIN")
        else:
            _begin_writing(connection, turns)

    return engine


def _begin_writing(connection: Connection, turns: Turns) -> None:
    # SQLite's own waiting is slow to see that the lock is free: see Turns.
    connection.exec_driver_sql("PRAGMA busy_timeout=0")
    try:
        if not turns.wait(lambda: _begins(connection), BUSY_TIMEOUT_S):
            connection.exec_driver_sql("BEGIN IMMEDIATE")
    finally:
        connection.exec_driver_sql(f"PRAGMA busy_timeout={BUSY_TIMEOUT_S * 1000:.0f}")


def _begins(connection: Connection) -> bool:
    try:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    except OperationalError as error:
        if getattr(error.orig, "sqlite_errorcode", 0) & _PRIMARY == _BUSY:
            return False
        raise
    return True
