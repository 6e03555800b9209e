"""Ends servers whose process died before it could.

A keeper is one small process beside each process that starts servers. It reads lines from that
process; when they end, however that came, it kills the servers named and removes their folders.
"""

import atexit
import json
import shutil
import subprocess
import sys
from pathlib import Path

from .processes import Started, kill

_keepers: list["subprocess.Popen[str]"] = []


def keep(started: Started) -> None:
    """Have the process killed when this one ends."""
    _tell(started.as_json())


def keep_folder(folder: Path) -> None:
    """Have *folder* removed when this process ends."""
    _tell({"folder": str(folder)})


def _tell(what: dict[str, object]) -> None:
    if not _keepers:
        _keepers.append(_start())
        atexit.register(_release)
    told = _keepers[0].stdin
    assert told is not None
    told.write(json.dumps(what) + "\n")
    told.flush()


def _start() -> "subprocess.Popen[str]":
    package = Path(__file__).parent
    return subprocess.Popen(
        [sys.executable, "-c", f"from {package.name}.keeper import main; main()"],
        stdin=subprocess.PIPE,
        text=True,
        cwd=package.parent,
        # Ctrl-C reaches the whole session: the keeper must outlive it.
        start_new_session=True,
    )


def _release() -> None:
    for each in _keepers:
        each.communicate()


def main() -> None:
    """Read what to keep from stdin; at its end, end it."""
    processes: list[Started] = []
    folders: list[Path] = []
    for line in sys.stdin:
        told = json.loads(line)
        if "folder" in told:
            folders.append(Path(told["folder"]))
        else:
            processes.append(Started(**told))
    for each in processes:
        kill(each)
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)
