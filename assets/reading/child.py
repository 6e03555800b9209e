"""The child process that reads: started with next to nothing, ended for sure."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from assets.reading.limits import Limits
from assets.reading.request import Request

_ROOT: Final = Path(__file__).resolve().parents[2]
_POLL_S: Final = 0.01
_ERRORS: Final = "errors.log"
_ERROR_CHARS: Final = 2_000


@dataclass(frozen=True)
class Ended:
    """How the child ended: its *status* (negative: killed by that signal) and its last words."""

    status: int
    timed_out: bool
    errors: str


def run_child(request: Request) -> Ended:
    """Run the child to its end, or to the end of its time; nothing of it is left running."""
    errors = Path(request.folder) / _ERRORS
    with errors.open("wb") as log:
        process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            [sys.executable, "-P", "-m", "assets.reading", request.to_json()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=log,
            env=_environment(request.folder),
            cwd=request.folder,
            start_new_session=True,
        )
    try:
        timed_out = not _ends_within(process.pid, request.limits)
    finally:
        # It still exists, if only as a zombie, so its number names no other group yet.
        os.killpg(process.pid, signal.SIGKILL)
        status = process.wait()
    with errors.open("rb") as log:
        log.seek(max(0, errors.stat().st_size - 4 * _ERROR_CHARS))
        said = log.read().decode("utf-8", "replace")
    return Ended(status, timed_out, said[-_ERROR_CHARS:])


def _ends_within(pid: int, limits: Limits) -> bool:
    give_up = time.monotonic() + limits.wall_s
    while os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
        if time.monotonic() > give_up:
            return False
        time.sleep(_POLL_S)
    return True


def _environment(folder: str) -> dict[str, str]:
    """Return what Python needs to find us: no settings, no secrets, no paths of the user."""
    path = os.environ.get("PYTHONPATH")
    return {
        "PYTHONPATH": os.pathsep.join([str(_ROOT), *([path] if path else [])]),
        "PYTHONUTF8": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        "LC_ALL": "C.UTF-8",
        "HOME": folder,
        "TMPDIR": folder,
        # Every thread and arena would reserve memory of the little that there is.
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        "MALLOC_ARENA_MAX": "1",
    }
