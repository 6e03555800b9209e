import threading
import time
from pathlib import Path

import pytest
from child_process import hear, kill, say, start_python

from core.errors import Busy
from core.locks import FileLock

SENTENCE = "Another process works here. Stop it first."
HOLD = """
import sys
from pathlib import Path
from core.locks import FileLock
with FileLock(Path(sys.argv[1]), "busy"):
    print("held", flush=True)
    sys.stdin.readline()
print("freed", flush=True)
sys.stdin.readline()
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "made" / "worker.lock"


def test_only_one_of_two_processes_holds_a_lock(path: Path) -> None:
    child = start_python(HOLD, path)
    assert hear(child) == "held"
    mine = FileLock(path, SENTENCE)
    assert not mine.try_acquire()
    assert mine.held_elsewhere()
    with pytest.raises(Busy, match="Stop it first"):
        mine.acquire()
    say(child)
    assert hear(child) == "freed"
    assert mine.try_acquire()
    mine.release()
    kill(child)


def test_a_killed_process_frees_its_lock(path: Path) -> None:
    child = start_python(HOLD, path)
    assert hear(child) == "held"
    kill(child)
    with FileLock(path, SENTENCE):
        pass


def test_who_waits_gets_the_lock_when_it_is_freed(path: Path) -> None:
    child = start_python(HOLD, path)
    assert hear(child) == "held"
    say(child)
    mine = FileLock(path, SENTENCE)
    mine.acquire(wait_s=10.0)
    mine.release()
    kill(child)


def test_waiting_ends_with_the_sentence(path: Path) -> None:
    with FileLock(path, "unused"):
        begun = time.monotonic()
        with pytest.raises(Busy, match="Stop it first"):
            FileLock(path, SENTENCE).acquire(wait_s=0.1)
        assert time.monotonic() - begun >= 0.1


def test_an_error_inside_frees_the_lock(path: Path) -> None:
    with pytest.raises(RuntimeError), FileLock(path, SENTENCE):
        raise RuntimeError
    assert not FileLock(path, SENTENCE).held_elsewhere()


def test_freeing_what_is_not_held_does_nothing(path: Path) -> None:
    lock = FileLock(path, SENTENCE)
    lock.release()
    with lock:
        pass
    lock.release()


def test_children_do_not_inherit_the_lock(path: Path) -> None:
    with FileLock(path, SENTENCE):
        child = start_python("import sys; print('up', flush=True); sys.stdin.readline()")
        assert hear(child) == "up"
    assert not FileLock(path, SENTENCE).held_elsewhere()
    kill(child)


def test_a_lock_can_be_waited_for(tmp_path: Path) -> None:
    held = FileLock(tmp_path / "lock", "busy")
    held.acquire()
    threading.Timer(0.2, held.release).start()
    waiting = FileLock(tmp_path / "lock", "busy")
    with waiting.within(10):
        assert held.held_elsewhere()
    assert not held.held_elsewhere()
