"""Says in a sentence what a broken, full or unreachable database means and what helps."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import exc

from core.errors import StorageError

_ADDRESS = "Check SHENGYU_DATABASE_URL"
_BACK = "Check the server and the network; it goes on by itself when the database is back"
_DAMAGED = "It is damaged: restore the newest backup"
_BUSY = "Others held it for too long: try again, and look for a long write or migration"
_FULL = "Its disk is full: free some space; what was committed is safe"
_RESOURCES = "The server is out of memory or other resources: give it more or load it less"
_CONNECTIONS = "The server has no connection left: raise its max_connections or run fewer processes"
_RIGHTS = "The user lacks a right there: make it the owner of the database and its tables"
_READ_ONLY = "It only takes reads: name the primary server, or make it writable again"
_SLOW = "A statement took too long and was stopped: try again, or ask for less"

# PostgreSQL's SQLSTATE, whole or its first letters; the longest that fits counts.
# https://www.postgresql.org/docs/current/errcodes-appendix.html
_BY_STATE = {
    "08": _BACK,
    "0A000": _READ_ONLY,  # a standby cannot begin a transaction that writes
    "25006": _READ_ONLY,
    "25P03": "The transaction was left open for too long and was taken back: try again",
    "28": f"{_ADDRESS}: the user or the password is wrong",
    "3D000": f"{_ADDRESS}: create the database or name another",
    "40": "Two writers stood in each other's way: try again",
    "42501": _RIGHTS,
    "53": _RESOURCES,
    "53100": _FULL,
    "53300": _CONNECTIONS,
    "55P03": _BUSY,
    "57": _BACK,
    "57014": _SLOW,
    "58": "The server cannot use its files: look into its log",
    "F0": _DAMAGED,
    "XX": "The server has an inner error: look into its log",
    "XX001": _DAMAGED,
    "XX002": _DAMAGED,
}
# A refused connection has no SQLSTATE, SQLite none at all: words of their messages.
_BY_WORDS = {
    "password authentication failed": _BY_STATE["28"],
    "no password supplied": _BY_STATE["28"],
    "no pg_hba.conf entry": "The server lets nobody in from here: add this machine to pg_hba.conf",
    '" does not exist': f"{_ADDRESS}: create the database or the user, or name another",
    "permission denied": _RIGHTS,
    "too many": _CONNECTIONS,
    "connection slots": _CONNECTIONS,
    "Connection refused": f"Start the database server or correct the address. {_ADDRESS}",
    "resolve host": f"No machine has that name. {_ADDRESS}",
    "server closed the connection": _BACK,
    "database is locked": _BUSY,
    "database or disk is full": _FULL,
    "readonly database": "Give this user the right to write the file and its folder",
    "unable to open": "Give this user the right to write the file and its folder",
    "disk I/O error": "Its disk fails or is full: look into the system's log",
    "malformed": _DAMAGED,
    "not a database": _DAMAGED,
}


@contextmanager
def storage_errors(where: str) -> Iterator[None]:
    """Turn a failure of the database at *where* (file or address) into ``StorageError``.

    A broken rule of the schema, a wrong value or a wrong statement are for the caller.
    """
    try:
        yield
    except exc.TimeoutError as error:
        raise StorageError(
            f"The records cannot be used ({where}): all connections of this process are busy. "
            "Try again; run another process where it happens often."
        ) from error
    except exc.DBAPIError as error:
        state = getattr(error.orig, "sqlstate", None)
        hint = _hint(state, str(error.orig))
        # A damaged SQLite file is a bare DatabaseError.
        unusable = (
            isinstance(error, exc.OperationalError | exc.InterfaceError)
            or type(error) is exc.DatabaseError
        )
        if not (unusable or error.connection_invalidated or (state and hint)):
            raise
        said = " ".join(str(error.orig).split())
        raise StorageError(
            f"The records cannot be used ({where}): {said.rstrip('.')}. {hint or _BACK}."
        ) from error


def _hint(state: str | None, said: str) -> str | None:
    if state:
        fitting = [start for start in _BY_STATE if state.startswith(start)]
        return _BY_STATE[max(fitting, key=len)] if fitting else None
    return next((hint for words, hint in _BY_WORDS.items() if words in said), None)
