import time
from datetime import UTC, datetime, timedelta

import pytest
from child_process import finished, hear, kill, say, start_python
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError

from core.errors import StorageError
from storage.records import Records
from storage.records.database import database_now
from storage.records.watch import Brand
from storage.records.workspace import Fact

NOW = datetime(2026, 7, 1, tzinfo=UTC)
OPEN = """
import sys
from storage.records import Records
from storage.records.workspace import Fact
records = Records.open(sys.argv[1])
"""
HOLD = f"""{OPEN}
with records.write() as session:
    session.add(Fact(name="held", value="yes"))
    session.flush()
    print("holds", flush=True)
    sys.stdin.readline()
"""
COUNT_UP = f"""{OPEN}
for _ in range(50):
    with records.write() as session:
        fact = session.get(Fact, "counter")
        fact.value = str(int(fact.value) + 1)
"""
WRITE_FOR_EVER = f"""{OPEN}
number = 0
while True:
    with records.write() as session:
        session.add(Fact(name=f"row {{number}}", value="x" * 2000))
    print(number, flush=True)
    number += 1
"""


def fact(records: Records, name: str) -> str | None:
    with records.read() as session:
        found = session.get(Fact, name)
        return found.value if found else None


def test_what_is_written_is_there_after_opening_again(bare_address: str) -> None:
    first = Records.open(bare_address)
    with first.write() as session:
        session.add(Fact(name="a", value="1"))
    first.close()
    again = Records.open(bare_address)
    assert fact(again, "a") == "1"
    again.close()


def test_an_error_inside_rolls_everything_back(records: Records) -> None:
    def write_and_fail() -> None:
        with records.write() as session:
            session.add(Fact(name="a", value="1"))
            session.flush()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        write_and_fail()
    assert fact(records, "a") is None


def test_a_broken_rule_of_the_schema_rolls_everything_back(records: Records) -> None:
    with records.write() as session:
        session.add(Fact(name="a", value="1"))

    def write_twice() -> None:
        with records.write() as session:
            session.add(Fact(name="b", value="2"))
            session.flush()
            session.execute(text("INSERT INTO facts VALUES ('a', '3')"))

    with pytest.raises(IntegrityError):
        write_twice()
    assert (fact(records, "a"), fact(records, "b")) == ("1", None)


def test_what_a_reader_tries_to_change_is_refused(records: Records) -> None:
    with pytest.raises(StorageError, match="only"), records.read() as session:
        session.execute(text("INSERT INTO facts VALUES ('a', '1')"))
    assert fact(records, "a") is None


def test_a_reader_sees_one_moment_while_a_writer_commits(records: Records) -> None:
    with records.read() as reader:
        before = reader.scalar(select(func.count()).select_from(Fact))
        with records.write() as writer:
            writer.add(Fact(name="a", value="1"))
        assert reader.scalar(select(func.count()).select_from(Fact)) == before


def test_values_can_be_read_after_the_transaction(records: Records) -> None:
    with records.write() as session:
        brand = Brand(id="b", name="星澜", role="own", created_at=NOW)
        session.add(brand)
    assert (brand.name, brand.version, brand.aliases) == ("星澜", 1, [])


def test_a_second_writer_waits_for_the_first_and_does_not_fail(
    records_address: str, records: Records
) -> None:
    child = start_python(HOLD, records_address)
    assert hear(child) == "holds"
    second = start_python(HOLD.replace('"held"', '"second"'), records_address)
    time.sleep(0.5)
    assert second.poll() is None
    assert fact(records, "held") is None
    say(child)
    assert finished(child).returncode == 0
    assert hear(second) == "holds"
    say(second)
    assert finished(second).returncode == 0
    assert (fact(records, "held"), fact(records, "second")) == ("yes", "yes")


def test_two_processes_that_read_and_write_lose_no_update(
    records_address: str, records: Records
) -> None:
    with records.write() as session:
        session.add(Fact(name="counter", value="0"))
    children = [start_python(COUNT_UP, records_address) for _ in range(2)]
    assert [finished(child).returncode for child in children] == [0, 0]
    assert fact(records, "counter") == "100"


def test_processes_that_open_an_empty_database_together_migrate_once(bare_address: str) -> None:
    children = [start_python(f"{OPEN}print('open')", bare_address) for _ in range(3)]
    results = [finished(child) for child in children]
    assert [(done.returncode, done.stdout) for done in results] == [(0, "open\n")] * 3


def test_a_killed_writer_loses_no_committed_row(records_address: str, records: Records) -> None:
    child = start_python(WRITE_FOR_EVER, records_address)
    committed = [int(hear(child)) for _ in range(20)]
    kill(child)
    with records.read() as session:
        names = set(session.scalars(select(Fact.name)))
    assert {f"row {number}" for number in committed} <= names
    if records.is_embedded:
        with records.read() as session:
            assert session.scalar(text("PRAGMA integrity_check")) == "ok"


def test_a_writer_killed_in_its_transaction_leaves_nothing_and_blocks_nobody(
    records_address: str, records: Records
) -> None:
    child = start_python(HOLD, records_address)
    assert hear(child) == "holds"
    kill(child)
    with records.write() as session:
        session.add(Fact(name="after", value="1"))
    assert (fact(records, "held"), fact(records, "after")) == (None, "1")


def test_the_databases_time_is_aware_and_now(records: Records) -> None:
    with records.read() as session:
        assert abs(database_now(session) - datetime.now(UTC)) < timedelta(seconds=5)
