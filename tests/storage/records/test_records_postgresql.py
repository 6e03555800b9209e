import os
import signal
from collections.abc import Iterator

import psycopg
import pytest
from child_process import finished, hear, say, start_python
from record_databases import PostgresqlDatabases
from sqlalchemy import make_url, text

from core.errors import StorageError
from storage.records import Records
from storage.records.workspace import Fact

HOLD = """
import sys
from sqlalchemy import text
from storage.records import Records
records = Records.open(sys.argv[1])
with records.write() as session:
    session.execute(text("SELECT 1"))
    print("holds", flush=True)
    sys.stdin.readline()
"""


@pytest.fixture
def direct(postgresql_address: str) -> Iterator[psycopg.Connection]:
    """A connection beside ours, outside every transaction."""
    url = make_url(postgresql_address).set(drivername="postgresql")
    with psycopg.connect(url.render_as_string(hide_password=False), autocommit=True) as connection:
        yield connection


def test_an_address_without_a_driver_will_do(postgresql_address: str) -> None:
    plain = postgresql_address.replace("+psycopg", "")
    records = Records.open(plain)
    assert not records.is_embedded
    records.close()


@pytest.mark.parametrize("address", ["mysql://db/x", "no address", "sqlite://", ""])
def test_another_address_is_refused_with_an_example(address: str) -> None:
    with pytest.raises(StorageError, match="postgresql://shengyu:password@"):
        Records.open(address)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"port": 1}, "Start the database server"),
        ({"password": "wrong"}, "user or the password is wrong"),
        ({"database": "shengyu_test_nowhere"}, "create the database"),
        ({"host": "no.invalid"}, "No machine has that name"),
    ],
)
def test_what_cannot_be_reached_is_named_with_what_to_do_and_without_the_password(
    postgresql_address: str, change: dict[str, str | int], sentence: str
) -> None:
    url = make_url(postgresql_address)
    wrong = url.set(**change)  # type: ignore[arg-type]
    with pytest.raises(StorageError, match=sentence) as raised:
        Records.open(wrong.render_as_string(hide_password=False))
    assert f"{wrong.database} at {wrong.host}:{wrong.port}" in str(raised.value)
    assert str(url.password) not in str(raised.value)


def test_a_database_of_another_encoding_is_refused_with_how_to_make_one(
    postgresql_databases: PostgresqlDatabases,
) -> None:
    with (
        postgresql_databases.bare("ENCODING 'SQL_ASCII' LC_COLLATE 'C' LC_CTYPE 'C'") as address,
        pytest.raises(StorageError, match="ENCODING 'UTF8' TEMPLATE template0"),
    ):
        Records.open(address)


def test_texts_are_in_the_same_order_whatever_language_the_database_has(served: Records) -> None:
    names = ["b", "B", "a", "Ä", "声", "😀", "_", "z"]
    with served.write() as session:
        session.add_all([Fact(name=name, value="") for name in names])
    with served.read() as session:
        found = session.scalars(text("SELECT name FROM facts ORDER BY name")).all()
        collations = session.scalars(
            text(
                "SELECT DISTINCT collation_name FROM information_schema.columns WHERE table_schema"
                " = 'public' AND data_type = 'character varying' AND table_name LIKE 'facts'"
            )
        ).all()
    assert found == sorted(names)
    assert collations == ["C"]


def test_no_whole_number_has_less_than_64_bits(served: Records) -> None:
    with served.read() as session:
        narrow = session.execute(
            text(
                "SELECT table_name, column_name FROM information_schema.columns"
                " WHERE table_schema = 'public' AND data_type IN ('integer', 'smallint')"
            )
        ).all()
    assert narrow == []


def test_a_writer_gives_up_with_a_sentence_when_another_one_never_ends(
    postgresql_address: str, served: Records
) -> None:
    impatient = Records.open(f"{postgresql_address}?options=-c%20lock_timeout%3D200ms")
    child = start_python(HOLD, postgresql_address)
    assert hear(child) == "holds"
    with pytest.raises(StorageError, match="too long"), impatient.write() as session:
        session.execute(text("SELECT 1"))
    with impatient.read() as session:
        assert session.scalar(text("SELECT 1")) == 1
    say(child)
    assert finished(child).returncode == 0
    impatient.close()


def test_a_connection_lost_between_two_transactions_is_noticed_and_made_anew(
    served: Records, direct: psycopg.Connection
) -> None:
    with served.read() as session:
        mine = session.scalar(text("SELECT pg_backend_pid()"))
    direct.execute("SELECT pg_terminate_backend(%s)", [mine])
    with served.write() as session:
        session.add(Fact(name="after", value="1"))


def test_a_connection_lost_in_a_transaction_is_a_sentence_and_keeps_nothing(
    served: Records, direct: psycopg.Connection
) -> None:
    def lose_it() -> None:
        with served.write() as session:
            session.add(Fact(name="lost", value="1"))
            session.flush()
            mine = session.scalar(text("SELECT pg_backend_pid()"))
            direct.execute("SELECT pg_terminate_backend(%s)", [mine])
            session.execute(text("SELECT 1"))

    with pytest.raises(StorageError, match="when the database is back"):
        lose_it()
    with served.read() as session:
        assert session.get(Fact, "lost") is None


@pytest.mark.parametrize(
    ("setting", "sentence"),
    [
        ("transaction_read_only = on", "name the primary server"),
        ("role = pg_monitor", "lacks a right"),
    ],
)
def test_what_may_not_be_written_says_what_to_do(
    served: Records, setting: str, sentence: str
) -> None:
    def write() -> None:
        with served.write() as session:
            session.execute(text(f"SET LOCAL {setting}"))
            session.execute(text("INSERT INTO facts VALUES ('a', '1')"))

    with pytest.raises(StorageError, match=sentence):
        write()


def test_a_statement_that_takes_too_long_is_stopped_with_a_sentence(served: Records) -> None:
    with pytest.raises(StorageError, match="took too long"), served.read() as session:
        session.execute(text("SET LOCAL statement_timeout = 50; SELECT pg_sleep(5)"))


def test_when_all_connections_are_busy_the_sentence_says_so(served: Records) -> None:
    served._engine.pool._timeout = 0.1  # type: ignore[attr-defined]
    with pytest.raises(StorageError, match="connections of this process are busy"):
        _use_up(served)


def _use_up(records: Records, depth: int = 0) -> None:
    assert depth < 50
    with records.read() as session:
        session.execute(text("SELECT 1"))
        _use_up(records, depth + 1)


def test_a_writer_that_stopped_in_its_transaction_leaves_readers_alone(
    postgresql_address: str, served: Records
) -> None:
    child = start_python(HOLD, postgresql_address)
    assert hear(child) == "holds"
    os.kill(child.pid, signal.SIGSTOP)
    with served.read() as session:
        assert session.get(Fact, "x") is None
    os.kill(child.pid, signal.SIGCONT)
    say(child)
    assert finished(child).returncode == 0
