"""Several processes on the embedded files, some killed: nothing is lost, half or doubled."""

import os
import random
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.processes import wait_until
from tests.faults.store_crowd import Crowd

LONG = os.environ.get("SHENGYU_LONG_FAULTS") == "1"
ROUNDS, LOOKS = (300, 500) if LONG else (60, 60)
KILLS = 60 if LONG else 5
STORES = ("records", "search")

pytestmark = [pytest.mark.faults, pytest.mark.timeout(1500)]


@pytest.fixture
def crowd(tmp_path: Path) -> Iterator[Crowd]:
    """The files with what a crowd works on; nobody is there yet."""
    made = Crowd(tmp_path)
    made.prepare()
    yield made
    made.end_all()


@pytest.mark.parametrize("store", STORES)
def test_four_writers_and_three_readers_lose_and_double_nothing(crowd: Crowd, store: str) -> None:
    for number in range(4):
        crowd.start(f"write_{store}", f"w{number}", ROUNDS)
    for number in range(3):
        crowd.start(f"read_{store}", f"r{number}", LOOKS)
    crowd.finish()

    told = crowd.told(f"write_{store}")
    assert told.rounds == 4 * ROUNDS
    getattr(crowd, f"check_{store}")()
    if store == "search":
        assert told.owned == 5 * ROUNDS
    else:
        assert told.won > 0
        assert told.settled > 0


@pytest.mark.parametrize("store", STORES)
def test_writers_killed_again_and_again_leave_a_sound_file(crowd: Crowd, store: str) -> None:
    chance = random.Random(13)
    role = f"write_{store}"
    crowd.start(f"read_{store}", "reader")
    for number in range(2):
        crowd.start(role, f"w{number}")
    for kill in range(KILLS):
        before = crowd.told(role).rounds
        wait_until(lambda seen=before: crowd.told(role).rounds >= seen + 5, 60, "more rounds")
        time.sleep(chance.uniform(0, 0.05))
        crowd.kill(chance.choice([name for name in crowd.running if name.startswith(role)]))
        crowd.start(role, f"after {kill}")
    reader = f"read_{store} reader"
    assert crowd.running[reader].poll() is None, crowd.errors()
    for name in list(crowd.running):
        crowd.kill(name)
    getattr(crowd, f"check_{store}")()
    # Whoever comes next just goes on.
    crowd.start(role, "last", 5)
    crowd.finish()
    getattr(crowd, f"check_{store}")()
