"""Texts a second, load time and memory of each engine, and the cold start of the command.

Every engine runs in a process of its own on one thread; rates and loads are in CPU time, so that
other work on the machine disturbs them little. SnowNLP reads fewer texts, taken as evenly.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from bench.sentiment.engines import DEFAULT, FIRST_STAGE, SHIPPED
from bench.sentiment.probe import Found
from bench.sentiment.tables import table
from sentiment.training.data import DataSet

PROBES = {
    SHIPPED: "package",
    "our engine `snownlp`": "snownlp",
    FIRST_STAGE: "first stage",
    DEFAULT: "ngram",
}
SLOW = ("package", "snownlp")
TEXT = "质量太差了，客服也不理人"
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
ROUNDS = 7


@dataclass(frozen=True)
class Sizes:
    """How many texts of each set are scored in one call, one by one, and by the slow engines."""

    batch: int
    single: int
    slow: int


FULL, QUICK = Sizes(1_000, 60, 20), Sizes(200, 20, 4)


def speed_tables(sets: Sequence[DataSet], sizes: Sizes) -> str:
    """Return both tables and what was read, in Markdown."""
    found = {name: _probed(engine, sets, sizes) for name, engine in PROBES.items()}
    base = found[SHIPPED]
    rows = [
        [
            name,
            f"{each['batch_rate']:,.0f}",
            _ratio(each["batch_rate"], base["batch_rate"]),
            f"{each['single_rate']:,.0f}",
            _ratio(each["single_rate"], base["single_rate"]),
            f"{each['load']:.2f}",
            f"{each['load_wall']:.2f}",
            f"{each['memory']:,.0f}",
            f"{each['peak']:,.0f}",
        ]
        for name, each in found.items()
    ]
    head = ["engine", "texts/s in one call", "ratio", "texts/s one by one", "ratio"]
    head += ["load, CPU s", "load, s", "memory added, MB", "at its peak, MB"]
    count = len(sets)
    said = (
        f"{sizes.batch * count:,} train texts in one call, {sizes.single * count:,} one by one; "
        f"{sizes.slow * count:,} for the two that read SnowNLP's word counts. Rates are of one "
        "thread's CPU time; memory is what the process holds, NumPy included, above the bare "
        "interpreter."
    )
    return f"{table(head, rows)}\n\n{said}\n\n{_cold_starts()}"


def _probed(engine: str, sets: Sequence[DataSet], sizes: Sizes) -> Found:
    slow = engine in SLOW
    texts = {
        "warm": _texts(sets, 2, 7),
        "batch": _texts(sets, sizes.slow if slow else sizes.batch, 0),
        "single": _texts(sets, sizes.slow if slow else sizes.single, 3),
    }
    done = subprocess.run(
        [sys.executable, "-m", "bench.sentiment.probe", engine],
        input=json.dumps(texts),
        capture_output=True,
        check=True,
        text=True,
        env={**os.environ, **ONE_THREAD},
    )
    found: Found = json.loads(done.stdout)
    return found


def _texts(sets: Sequence[DataSet], count: int, first: int) -> list[str]:
    """Return *count* train texts of each set, evenly, from the row *first* on."""
    found: list[str] = []
    for data in sets:
        texts = data.train.texts
        found += texts[first :: max(1, (len(texts) - first) // count)][:count]
    return found


def _cold_starts() -> str:
    """Return how long a process takes that scores one text and ends."""
    own = shutil.which("shengyu", path=str(Path(sys.executable).parent))
    begin = [own] if own else [sys.executable, "-m", "api.cli"]
    peer = "import sys; from snownlp import SnowNLP; print(SnowNLP(sys.argv[1]).sentiments)"
    rows = [
        [name, *(f"{seconds:.2f}" for seconds in _cold_start(command, rounds))]
        for name, command, rounds in (
            ("SnowNLP", [sys.executable, "-c", peer, TEXT], 3),
            ("`shengyu score --text`", [*begin, "score", "--text", TEXT], ROUNDS),
        )
    ]
    return table(["cold start of a process", "CPU s", "s"], rows)


def _cold_start(command: Sequence[str], rounds: int) -> tuple[float, float]:
    """Return CPU and wall seconds of *command*, the median of *rounds* after one to warm disks."""
    with tempfile.TemporaryDirectory() as folder:  # no .env there
        times = [_process_time(command, folder) for _ in range(rounds + 1)][1:]
    return median(cpu for cpu, _wall in times), median(wall for _cpu, wall in times)


def _process_time(command: Sequence[str], folder: str) -> tuple[float, float]:
    started = time.perf_counter()
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL) as process:
        _pid, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return used.ru_utime + used.ru_stime, time.perf_counter() - started


def _ratio(rate: float, base: float) -> str:
    return f"{rate / base:,.1f}" if rate < 100 * base else f"{rate / base:,.0f}"
