"""Several processes on one store, and what a killed one leaves."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
from child_process import ROOT, WAIT_S, Child, finished, hear, kill, say, start_python
from objects_engines import ENVIRON, content, keys, open_store, remove_store, sha256

from core.errors import NotFound
from storage.objects import ObjectStore, blob_key

OPEN = """
import os, signal, sys
from pathlib import Path
from core.ids import Ids
from objects_engines import open_store
from core.errors import NotFound
from storage.objects import store_blob
store = open_store(sys.argv[1], Path(sys.argv[2]))
"""
SAME = """
print("ready", flush=True)
sys.stdin.readline()
for turn in range(20):
    data = bytes([turn]) * 300_000
    print(store_blob(store, [data[:9], data[9:]], ids=Ids(), limit=None).sha256)
"""
DIES = """
def chunks():
    for _ in range(int(sys.argv[3])):
        yield b"new" * 100_000
    os.kill(os.getpid(), signal.SIGKILL)
store.put("incoming/a", chunks(), limit=None)
"""
PUTS = """
turn = 0
while True:
    data = b"%d " % turn * 30_000
    store.put("renditions/v/a.bin", [data[:100], data[100:]], limit=None)
    store_blob(store, [data], ids=Ids(), limit=None)
    print(turn, flush=True)
    turn += 1
"""


def child(code: str, engine: str, place: Path, *more: object) -> Child:
    here = Path(__file__).parent
    path = f"{ROOT}:{ROOT / 'tests'}:{here}"
    return start_python(OPEN + code, engine, place, *more, PYTHONPATH=path, **ENVIRON)


def test_processes_that_store_the_same_at_once_store_it_once(
    store: ObjectStore, engine: str, tmp_path: Path
) -> None:
    children = [child(SAME, engine, tmp_path) for _ in range(4)]
    for each in children:
        assert hear(each) == "ready"
    for each in children:
        say(each)
    wanted = [bytes([turn]) * 300_000 for turn in range(20)]
    for each in children:
        done = finished(each)
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout.split() == [sha256(data) for data in wanted]
    assert keys(store) == sorted(blob_key(sha256(data)) for data in wanted)
    for data in wanted:
        assert content(store, blob_key(sha256(data))) == data
    assert store.sweep(timedelta(0)) == 0


def test_threads_that_write_and_delete_one_key_never_show_half_of_it(store: ObjectStore) -> None:
    def work(name: int) -> None:
        for _ in range(15):
            store.put("incoming/a", [bytes([name]) * 1000] * 50, limit=None)
            with suppress(NotFound):
                found = content(store, "incoming/a")
                assert (len(found), len(set(found))) == (50_000, 1)
            store.copy("renditions/v/a.bin", "incoming/a")
            store.delete("incoming/a")
            assert keys(store, "renditions/") == ["renditions/v/a.bin"]

    store.put("renditions/v/a.bin", [b"x" * 50_000], limit=None)
    with ThreadPoolExecutor(6) as threads:
        for done in [threads.submit(work, name) for name in range(6)]:
            done.result()


@pytest.mark.faults
@pytest.mark.parametrize("chunks", [0, 1, 60])
def test_a_put_that_is_killed_leaves_only_what_is_swept(
    store: ObjectStore, engine: str, tmp_path: Path, chunks: int
) -> None:
    store.put("incoming/a", [b"old"], limit=None)
    dying = child(DIES, engine, tmp_path, chunks)
    assert dying.wait(WAIT_S) == -9
    kill(dying)
    assert content(store, "incoming/a") == b"old"
    assert keys(store) == ["incoming/a"]
    store.delete("incoming/a")
    assert store.sweep(timedelta(hours=1)) == 0
    # To S3 nothing goes before there is a part of 8 MiB.
    left = 1 if engine == "folder" or chunks == 60 else 0
    assert store.sweep(timedelta(0)) == left
    assert store.sweep(timedelta(0)) == 0


@pytest.mark.faults
def test_kills_at_any_moment_leave_every_object_whole(engine: str, tmp_path: Path) -> None:
    for loop in range(8):
        place = tmp_path / str(loop)
        store = open_store(engine, place)
        writing = child(PUTS, engine, place)
        told = [int(hear(writing)) for _ in range(1 + 5 * loop)]
        kill(writing)
        number = int(content(store, "renditions/v/a.bin").split()[0])
        assert number >= told[-1]
        assert content(store, "renditions/v/a.bin") == b"%d " % number * 30_000
        blobs = keys(store, "blobs/")
        assert {blob_key(sha256(b"%d " % turn * 30_000)) for turn in told} <= set(blobs)
        assert all(blob_key(sha256(content(store, key))) == key for key in blobs)
        store.sweep(timedelta(0))
        assert keys(store) == [*blobs, "renditions/v/a.bin"]
        assert store.sweep(timedelta(0)) == 0
        remove_store(engine, place)
