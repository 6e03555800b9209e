"""Starting and ending processes by ids that cannot mean another process."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from .accounts import server_user

_PROC: Final = Path("/proc")


@dataclass(frozen=True)
class Started:
    """A process, by its id and the moment it began: ids are used again."""

    pid: int
    began: str

    def as_json(self) -> dict[str, object]:
        """Return what ``Started(**…)`` takes."""
        return asdict(self)

    @property
    def runs(self) -> bool:
        """Whether this very process still runs."""
        row = _table().get(self.pid)
        return row is not None and row.began == self.began and not row.is_zombie


@dataclass(frozen=True)
class _Row:
    parent: int
    group: int
    is_zombie: bool
    began: str


def launch(
    command: Sequence[str | Path], log: Path, environ: Mapping[str, str] | None = None
) -> "subprocess.Popen[bytes]":
    """Start *command* as the servers' user, in a session of its own; its words go to *log*.

    Of this process's environment it sees PATH and the language only.
    """
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL") if name in os.environ}
    user = server_user()
    with log.open("ab") as said:
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            env={**kept, **(environ or {})},
            cwd="/",
            user=user,
            group=user,
            extra_groups=None if user is None else [],
            start_new_session=True,
        )


def identify(pid: int) -> Started:
    """Return *pid* with the moment it began."""
    row = _table().get(pid)
    return Started(pid, "" if row is None else row.began)


def members(started: Started) -> list[int]:
    """Return the ids of the process, of its group and of all it started, itself first."""
    table = _table()
    row = table.get(started.pid)
    if row is not None and row.began != started.began:
        return []
    found = [started.pid] if row is not None else []
    for pid in found:
        found += [other for other, each in table.items() if each.parent == pid]
    found += [pid for pid, each in table.items() if each.group == started.pid and pid not in found]
    return [pid for pid in found if not table[pid].is_zombie]


def send(pids: Iterable[int], number: signal.Signals) -> None:
    """Signal each process that is still there."""
    for pid in pids:
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            continue


def is_stopped(pid: int) -> bool:
    """Say whether every thread stands still; a busy one answers once more after its signal."""
    for stat in Path(f"/proc/{pid}/task").glob("*/stat"):
        try:
            state = stat.read_text().rpartition(") ")[2][:1]
        except OSError:
            continue  # the thread has ended
        if state not in "Tt":
            return False
    return True


def end(started: Started, number: signal.Signals, patience_s: float) -> None:
    """Send *number* to the process and, after *patience_s*, SIGKILL to all that is left of it."""
    if started.runs:
        send([started.pid], number)
        until(lambda: not members(started), patience_s)
    kill(started)


def kill(started: Started) -> None:
    """End the process and all it started with SIGKILL; return when they are gone."""
    every = members(started)
    send(every, signal.SIGKILL)
    until(lambda: not _living(every) and not members(started), 20.0)


def until(holds: Callable[[], bool], patience_s: float, pause_s: float = 0.05) -> bool:
    """Wait until *holds*, at most *patience_s*; return whether it does."""
    deadline = time.monotonic() + patience_s
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(pause_s)
    return True


def _living(pids: Iterable[int]) -> list[int]:
    table = _table()
    return [pid for pid in pids if pid in table and not table[pid].is_zombie]


def _table() -> dict[int, _Row]:
    if (_PROC / "self" / "stat").exists():
        return dict(_from_proc())
    return dict(_from_ps())


def _from_proc() -> Iterable[tuple[int, _Row]]:
    for folder in _PROC.iterdir():
        if folder.name.isdecimal():
            try:
                line = (folder / "stat").read_text("utf-8", "replace")
            except (FileNotFoundError, ProcessLookupError):
                continue
            # The name in brackets may hold anything; proc(5) counts from 1, state being 3.
            fields = line.rpartition(")")[2].split()
            yield (
                int(folder.name),
                _Row(int(fields[1]), int(fields[2]), fields[0] in "ZX", fields[19]),
            )


def _from_ps() -> Iterable[tuple[int, _Row]]:
    listed = subprocess.run(
        ["ps", "-A", "-o", "pid=,ppid=,pgid=,state=,lstart="],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "LC_ALL": "C"},
    )
    for line in listed.stdout.splitlines():
        pid, parent, group, state, began = line.split(maxsplit=4)
        yield int(pid), _Row(int(parent), int(group), state.startswith("Z"), began)
