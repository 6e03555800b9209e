"""The server engine: a PostgreSQL database that several processes and machines share."""

from sqlalchemy import URL, Engine, create_engine, event, text
from sqlalchemy.engine import Connection

from core.errors import StorageError
from storage.records.texts import json_text, make_texts_storable
from storage.records.transactions import for_purpose, purpose_of

# The one lock that every writer of a database takes first: "shengyu" in ASCII.
WRITE_LOCK = 0x7368656E677975
# A writer waits this long for another one, as on SQLite; a statement never runs longer than this.
LOCK_TIMEOUT_S = 30
STATEMENT_TIMEOUT_S = 120
# Processes that start together wait for the one that migrates.
_MIGRATION_WAIT_S = 300
# What a connection asks for unless the address says otherwise (libpq's words; seconds but the
# last, which is milliseconds): a server that went away is noticed within a minute.
_CONNECTION = {
    "application_name": "shengyu",
    "client_encoding": "utf8",
    "connect_timeout": "10",
    "keepalives": "1",
    "keepalives_idle": "20",
    "keepalives_interval": "10",
    "keepalives_count": "3",
    "tcp_user_timeout": "60000",
}
_SESSION = {
    "timezone": "UTC",
    "lock_timeout": f"{LOCK_TIMEOUT_S}s",
    "statement_timeout": f"{STATEMENT_TIMEOUT_S}s",
    # A process that stops in its transaction must not hold the write lock for ever.
    "idle_in_transaction_session_timeout": "600s",
}
# A page of the web process may read while it writes: two connections each.
_POOL = {"pool_size": 5, "max_overflow": 15, "pool_timeout": 30}


def postgresql_engine(url: URL) -> Engine:
    """Return an engine on the database at *url*; it connects when first used."""
    told = {name: value for name, value in _CONNECTION.items() if name not in url.query}
    session = " ".join(f"-c {name}={value}" for name, value in _SESSION.items())
    # What the address itself sets comes last and so wins.
    told["options"] = f"{session} {url.query.get('options', '')}".strip()
    engine = create_engine(
        url.set(drivername="postgresql+psycopg"),
        connect_args=told,
        isolation_level="READ COMMITTED",
        json_serializer=json_text,
        pool_pre_ping=True,
        use_native_hstore=False,
        **_POOL,
    )
    make_texts_storable(engine)
    event.listen(engine, "begin", _begin)
    return engine


def check_database(engine: Engine) -> None:
    """Raise ``StorageError`` when the database cannot hold our texts as they are."""
    with for_purpose(engine, "read").connect() as connection:
        encoding = connection.scalar(text("SHOW server_encoding"))
    if encoding != "UTF8":
        raise StorageError(
            f"The database {engine.url.database} keeps its texts as {encoding}. Create it anew: "
            f"CREATE DATABASE {engine.url.database} ENCODING 'UTF8' TEMPLATE template0."
        )


def _begin(connection: Connection) -> None:
    purpose = purpose_of(connection)
    if purpose == "read":
        return
    if purpose == "migrate":
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{_MIGRATION_WAIT_S}s'")
        connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
    # Held to the end: what is read after it cannot change before the commit, as under SQLite's
    # BEGIN IMMEDIATE. A statement sees what was committed before it, so all that came before.
    connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({WRITE_LOCK})")
