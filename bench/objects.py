"""Files through our interface against the bare ``minio`` client and a folder, as Markdown.

``python -m bench.objects [--server FILE]``: *FILE*, else what SHENGYU_TEST_SERVERS names, is the
JSON that ``scripts/servers start`` writes; of it ``s3`` is used. A bucket of its own is made and
removed. The contestants take turns, each round in another order; told are medians, and the median
of the rounds' own ratios. The bare client is told the length and hashes nothing, so that what our
interface does more (measure SHA-256, take any length) counts against it; the last column adds the
hash to the bare client's side. Memory is what the system counts of a process of its own.
"""

import argparse
import hashlib
import io
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
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
            "| ours / bare | ours / bare with SHA-256 |"
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

        def put(hashed: bool, data: bytes = data) -> None:
            if hashed:
                hashlib.sha256(data).hexdigest()
            client.put_object(
                bucket_name=address.bucket, object_name=KEY, data=io.BytesIO(data), length=len(data)
            )

        def get(hashed: bool, size: int = size) -> None:
            assert read_bare(client, address.bucket, hashed) == size

        for direction, steps in {
            "put": {
                "bare": lambda put=put: put(False),
                "ours": lambda data=data: ours.put(KEY, [data], limit=None),
                "folder": lambda data=data: files.put(KEY, [data], limit=None),
                "hashed": lambda put=put: put(True),
            },
            "get": {
                "bare": lambda get=get: get(False),
                "ours": lambda: read(ours),
                "folder": lambda: read(files),
            },
        }.items():
            yield line(f"{direction} {name}", timed(steps, rounds))


def read_bare(client: Minio, name: str, hashed: bool) -> int:
    """Read the object as the client's own documentation shows, and return its size."""
    response = client.get_object(bucket_name=name, object_name=KEY)
    digest, size = hashlib.sha256(), 0
    try:
        while piece := response.read(CHUNK):
            size += len(piece)
            if hashed:
                digest.update(piece)
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
    ratios = [
        ratio(found["ours"], found[who]) if who in found else "" for who in ("bare", "hashed")
    ]
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
    """Return the most memory that this process has held, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // KIB


if __name__ == "__main__":
    main()
