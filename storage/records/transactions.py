"""How a transaction begins: for reading, writing, loading in bulk, or changing the schema."""

from typing import Any, Literal

from sqlalchemy import Engine
from sqlalchemy.engine import Connection

Purpose = Literal["read", "write", "load", "migrate"]
_PURPOSE = "shengyu_purpose"
# One snapshot for all that is read, as SQLite gives it to every transaction.
_SNAPSHOT = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}


def for_purpose(engine: Engine, purpose: Purpose) -> Engine:
    """Return *engine* with transactions of one purpose; its pool is shared."""
    options: dict[str, Any] = {_PURPOSE: purpose}
    if purpose == "read" and engine.dialect.name == "postgresql":
        options |= _SNAPSHOT
    return engine.execution_options(**options)


def purpose_of(connection: Connection) -> Purpose:
    """Return what the transaction of *connection* is for; nothing told means ``write``."""
    purpose: Purpose = connection.get_execution_options().get(_PURPOSE, "write")
    return purpose
