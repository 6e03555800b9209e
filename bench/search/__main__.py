"""Search over invented mentions: load, growth, answers, bytes on disk, and peers in the same run.

``python -m bench.search [--mentions N] [--engine embedded|elasticsearch] [--processes K] [--curve]
[--keep DIR]`` prints Markdown tables. With ``--keep`` the data stay (in DIR, or on the server), and
a later run with the same number of mentions measures them again without loading.
"""

import argparse
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Final

from bench.search import plain_client, plain_sql, questions, report
from bench.search.corpus import BLOCK, blocks
from bench.search.engines import Engine
from bench.search.loading import Load, load
from core.errors import StorageError
from core.log import configure
from storage.search import Selection

_CURVE: Final = (0.1, 0.2, 0.4, 0.7, 1.0)
# LIKE reads all texts twice a word: a dozen of a million take a minute.
_LIKE_WORDS: Final = 12
_LONGER: Final = ("净化器", "扫地机", "手机壳", "说明书", "一家人", "了不起", "互联网", "代表性")


def main() -> None:
    """Load unless there is something to use again, measure and print."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.search",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--mentions", type=int, default=50_000)
    parser.add_argument("--engine", choices=("embedded", "elasticsearch"), default="embedded")
    parser.add_argument("--processes", type=int, default=1, help="that load at the same time")
    parser.add_argument("--curve", action="store_true", help="measure while it grows")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="folder of data to use again")
    asked = parser.parse_args()
    configure("ERROR")
    total = -(-asked.mentions // BLOCK) * BLOCK
    with ExitStack() as stack:
        folder = asked.keep or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        engine = Engine(asked.engine, folder)
        if not asked.keep:
            stack.callback(engine.remove)
        print(f"\n### {asked.engine}: {total:,} mentions over 400 days\n", flush=True)
        if _held(engine) == total:
            print("Loaded before.\n", flush=True)
        else:
            engine.remove()
            _load(engine, total, asked.processes, curve=asked.curve)
        _measure(engine, total)


def _held(engine: Engine) -> int | None:
    if engine.name == "embedded" and not engine.file.exists():
        return None
    try:
        index = engine.open()
    except StorageError as error:
        raise SystemExit(str(error)) from error
    try:
        return index.count(Selection())
    finally:
        index.close()


def _load(engine: Engine, total: int, processes: int, *, curve: bool) -> None:
    ends = [int(total * share / BLOCK) * BLOCK for share in _CURVE] if curve else [total]
    steps: list[tuple[int, str]] = []
    whole, first = Load(0, 0.0, 0.0), 0
    for end in ends:
        part = load(engine, first, end, total, processes)
        whole, first = whole + part, end
        if curve:
            index = engine.open()
            try:
                index.sync()
                times = report.newest_times(index, questions.words(index))
            finally:
                index.close()
            steps.append((end, f"{_rates(part)} | {times.cells}"))
    print(
        f"Loaded by {_processes(processes)}, 1,000 mentions a call: "
        f"{whole.mentions / whole.wall:,.0f} mentions/s by the clock, "
        f"{whole.mentions / whole.cpu:,.0f} per second of our processor time.\n"
    )
    if steps:
        print(report.curve(steps) + "\n")


def _measure(engine: Engine, total: int) -> None:
    index = engine.open()
    try:
        # Everything loaded can be found afterwards, whatever the engine.
        index.sync()
        found = questions.words(index)
        print(report.answers(index, found) + "\n", flush=True)
        if engine.name == "elasticsearch":
            print(plain_client.compared(index, found), flush=True)
            return
        print(report.sizes(engine, index) + "\n", flush=True)
        with tempfile.TemporaryDirectory(dir=engine.folder) as folder:
            plain = plain_sql.build(Path(folder) / "plain.sqlite", blocks(0, total, total))
            print(plain_sql.compared(index, plain, _spread(found), _LONGER) + "\n")
            print(plain_sql.built(plain, total))
            plain.db.close()
    finally:
        index.close()


def _spread(found: Sequence[questions.Word]) -> list[questions.Word]:
    """Some of *found*, of all frequencies."""
    ranked = sorted(found, key=lambda word: word.share)
    return ranked[:: max(1, len(ranked) // _LIKE_WORDS)]


def _rates(part: Load) -> str:
    return f"{part.mentions / part.wall:,.0f} | {part.mentions / part.cpu:,.0f}"


def _processes(count: int) -> str:
    return "one process" if count == 1 else f"{count} processes"


if __name__ == "__main__":
    main()
