"""Files through our interface against the bare ``minio`` client and a folder, as Markdown.

``python -m bench.objects [--server FILE]``: *FILE*, else what SHENGYU_TEST_SERVERS names, is the
JSON that ``scripts/servers start`` writes; of it ``s3`` is used. A bucket of its own is made and
removed. The contestants take turns, each round in another order; told are medians and their ratios.
The bare client is told the length, holds the whole file in memory and hashes nothing but what it
signs. The last column has it do the same work as we: take any length, and measure SHA-256. Memory
is the growth of the peak of a process of its own, as Linux counts it.
"""

import argparse
import hashlib
import io
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Final

from minio import Minio

from core.clock import SystemClock
from storage.objects import CHUNK, FolderObjectStore, ObjectStore
from storage.objects.s3 import S3Address, S3ObjectStore

KIB, MIB = 1024, 1024 * 1024
SIZES: Final = {"4 KiB": (4 * KIB, 300), "1 MiB": (MIB, 100), "64 MiB": (64 * MIB, 15)}
KEY: Final = "incoming/bench"
LARGE_MIB: Final = 1024
Step = Callable[[], object]


def main() -> None:
    """Measure and print the tables."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--server", type=Path, help="JSON with the address of an S3 server")
    parser.add_argument("--carry", nargs=2, metavar=("ENGINE", "PLACE"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    server = given.server or os.environ.get("SHENGYU_TEST_SERVERS")
    if server is None:
        parser.error("name the server's JSON: --server FILE, or set SHENGYU_TEST_SERVERS")
    told = json.loads(Path(server).read_text(encoding="utf-8"))["s3"]
    if given.carry:
        engine, place = given.carry
        address = S3Address(**told, bucket=place) if engine == "S3" else None
        print(json.dumps(carried(opened(address, Path(place)))))
        return
    address = S3Address(**told, bucket=f"shengyu-bench-{uuid.uuid4().hex[:12]}")
    with tempfile.TemporaryDirectory() as folder, bucket(address):
        print(
            "| step | bare client | through our interface | folder "
            "| ours / bare | ours / bare at the same work |"
        )
        print("|---|---|---|---|---|---|")
        for line in lines(address, Path(folder)):
            print(line, flush=True)
        print()
        print("| added memory of 1 GiB | up | down |")
        print("|---|---|---|")
        for engine, place in (("S3", address.bucket), ("folder", folder)):
            up, down = in_a_process_of_its_own(str(server), engine, place)
            print(f"| {engine} | {up} MiB | {down} MiB |", flush=True)


def opened(address: S3Address | None, folder: Path) -> ObjectStore:
    """Open the store at *address*, or in *folder* where there is none."""
    if address is None:
        return FolderObjectStore(folder, secret="bench", clock=SystemClock())
    return S3ObjectStore(address, SystemClock())


@contextmanager
def bucket(address: S3Address) -> Iterator[None]:
    """Make a bucket and remove it with its objects."""
    client = address.client()
    client.make_bucket(bucket_name=address.bucket)
    try:
        yield
    finally:
        for found in client.list_objects(bucket_name=address.bucket, recursive=True):
            client.remove_object(bucket_name=address.bucket, object_name=str(found.object_name))
        client.remove_bucket(bucket_name=address.bucket)


def lines(address: S3Address, folder: Path) -> Iterator[str]:
    """Yield a line for each size and direction."""
    client, ours, files = address.client(), opened(address, folder), opened(None, folder)
    for name, (size, rounds) in SIZES.items():
        data = os.urandom(size)

        puts: dict[str, Step] = {
            "bare": partial(put_bare, client, address.bucket, data),
            "ours": partial(ours.put, KEY, [data], limit=None),
            "folder": partial(files.put, KEY, [data], limit=None),
            "same": partial(put_alike, client, address.bucket, data),
        }
        yield line(f"put {name}", timed(puts, rounds))
        gets: dict[str, Step] = {
            "bare": partial(read_bare, client, address.bucket),
            "ours": partial(read, ours),
            "folder": partial(read, files),
        }
        yield line(f"get {name}", timed(gets, rounds))


def put_bare(client: Minio, name: str, data: bytes) -> None:
    """Put *data* as the client's own documentation shows."""
    client.put_object(bucket_name=name, object_name=KEY, data=io.BytesIO(data), length=len(data))


def put_alike(client: Minio, name: str, data: bytes) -> None:
    """Put *data* as one who does not know its length, holds little of it and wants its hash."""
    hashlib.sha256(data).hexdigest()
    client.put_object(
        bucket_name=name,
        object_name=KEY,
        data=io.BytesIO(data),
        length=-1,
        part_size=8 * MIB,
        num_parallel_uploads=1,
    )


def read_bare(client: Minio, name: str) -> int:
    """Read the object as the client's own documentation shows, and return its size."""
    response = client.get_object(bucket_name=name, object_name=KEY)
    size = 0
    try:
        while piece := response.read(CHUNK):
            size += len(piece)
    finally:
        response.close()
        response.release_conn()
    return size


def read(store: ObjectStore) -> int:
    """Read the object through our interface, and return its size."""
    with store.open(KEY) as reader:
        return sum(map(len, reader))


def timed(steps: Mapping[str, Step], rounds: int) -> dict[str, list[float]]:
    """Run each of *steps* in every round, in an order that turns; return their seconds."""
    names = list(steps)
    found: dict[str, list[float]] = {name: [] for name in names}
    for step in steps.values():
        step()
    for turn in range(rounds):
        for at in range(len(names)):
            name = names[(turn + at) % len(names)]
            begun = time.perf_counter()
            steps[name]()
            found[name].append(time.perf_counter() - begun)
    return found


def line(name: str, found: Mapping[str, list[float]]) -> str:
    """Return a line of the table."""
    cells = [f"{statistics.median(found[who]) * 1000:.2f} ms" for who in ("bare", "ours", "folder")]
    ratios = [ratio(found["ours"], found[who]) if who in found else "" for who in ("bare", "same")]
    return f"| {' | '.join([name, *cells, *ratios])} |"


def ratio(ours: list[float], theirs: list[float]) -> str:
    """Return the ratio of the medians."""
    return f"{statistics.median(ours) / statistics.median(theirs):.2f}"


def in_a_process_of_its_own(server: str, engine: str, place: str) -> tuple[int, int]:
    """Return the MiB that 1 GiB adds to a process that brings it up, and then down."""
    command = [sys.executable, "-m", "bench.objects", "--server", server]
    done = subprocess.run(
        [*command, "--carry", engine, place], capture_output=True, text=True, check=True
    )
    up, down = json.loads(done.stdout)
    return int(up), int(down)


def carried(store: ObjectStore) -> tuple[int, int]:
    """Carry 1 GiB up and down; return the MiB by which the peak of this process grew each time."""
    piece = os.urandom(MIB)
    store.put(KEY, [piece], limit=None)
    read(store)
    before = peak()
    store.put(KEY, (piece for _ in range(LARGE_MIB)), limit=None)
    between = peak()
    assert read(store) == LARGE_MIB * MIB
    return between - before, peak() - before


def peak() -> int:
    """Return the most memory that this process has held, in MiB (its parent's does not count)."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) // KIB


if __name__ == "__main__":
    main()
