"""Who waits for the write lock of the records' file goes before a bulk load."""

import threading
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from child_process import finished, hear, kill, say, start_python
from sqlalchemy import select

from storage.records import Records
from storage.records.turns import Turns
from storage.records.workspace import Fact

HOLD = """
import sys
from pathlib import Path
from storage.records import Records
from storage.records.workspace import Fact
records = Records.open_sqlite(Path(sys.argv[1]))
with records.write() as session:
    session.add(Fact(name=sys.argv[2], value=""))
    session.flush()
    print("holds", flush=True)
    sys.stdin.readline()
"""
LOAD_FOR_EVER = """
import sys, time
from pathlib import Path
from storage.records import Records
from storage.records.workspace import Fact
records = Records.open_sqlite(Path(sys.argv[1]))
number = 0
while True:
    with records.load() as session:
        session.add(Fact(name=f"loaded {number:06}", value=""))
        session.flush()
        time.sleep(0.02)
    print(number, flush=True)
    number += 1
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "records.sqlite"


@pytest.fixture
def records(path: Path) -> Iterator[Records]:
    """The file: a server has a queue of its own."""
    opened = Records.open_sqlite(path)
    yield opened
    opened.close()


def until(condition: object) -> None:
    give_up = time.monotonic() + 20
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < give_up, "waited in vain"
        time.sleep(0.002)


def waiting(path: Path) -> bool:
    return Turns(path)._sign().held_elsewhere()


def test_a_load_stands_aside_for_who_came_before_it(path: Path, records: Records) -> None:
    order: list[str] = []

    def write() -> None:
        with records.write() as session:
            session.get(Fact, "held")
            order.append("written")

    def load() -> None:
        with records.load() as session:
            session.get(Fact, "held")
            order.append("loaded")

    holder = start_python(HOLD, path, "held")
    assert hear(holder) == "holds"
    person = threading.Thread(target=write)
    person.start()
    until(lambda: waiting(path))
    loads = [threading.Thread(target=load) for _ in range(3)]
    for each in loads:
        each.start()
    say(holder)
    assert finished(holder).returncode == 0
    for each in (person, *loads):
        each.join(30)
    assert order == ["written"] + ["loaded"] * 3
    with records.read() as session:
        assert session.get(Fact, "held") is not None


def test_writers_pass_between_the_transactions_of_a_load_without_a_pause(
    path: Path, records: Records
) -> None:
    load = start_python(LOAD_FOR_EVER, path)
    hear(load)
    passed = []
    for number in range(20):
        with records.write() as session:
            names = session.scalars(select(Fact.name)).all()
            passed.append(sum(name.startswith("loaded") for name in names))
            session.add(Fact(name=f"written {number}", value=""))
    kill(load)
    # One or two, were it not for a busy machine; left to chance it is scores of them.
    steps = [after - before for before, after in pairwise(passed)]
    assert sum(steps) <= 10 * len(steps)


def test_nobody_waits_any_more_when_the_lock_is_had_or_the_waiting_process_is_dead(
    path: Path, records: Records
) -> None:
    holder = start_python(HOLD, path, "held")
    assert hear(holder) == "holds"
    waiter = start_python(HOLD, path, "waited")
    until(lambda: waiting(path))
    kill(waiter)
    assert not waiting(path)
    say(holder)
    assert finished(holder).returncode == 0
    with records.load() as session:
        assert session.get(Fact, "waited") is None
        assert not waiting(path)


def test_who_waits_in_vain_is_told_so_and_leaves_no_sign(tmp_path: Path) -> None:
    turns, asked = Turns(tmp_path / "records.sqlite"), []
    assert not turns.wait(lambda: bool(asked.append(1)), 0.02)
    assert len(asked) > 1
    assert not turns._sign().held_elsewhere()
    turns.let_others_go_first()
