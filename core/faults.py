"""Named fault points: where a test may kill this process to prove that nothing is lost.

``SHENGYU_FAULT=name`` kills the process with SIGKILL when the point is reached;
``name:n`` at the n-th pass. Unset, a point costs one dictionary look-up.
"""

import os
import signal
from typing import Final

POINTS: Final = (
    "spool.before-rename",
    "spool.after-rename",
    "ingest.before-stories",
    "ingest.before-index",
    "ingest.after-index",
    "ingest.before-case-commit",
    "ingest.after-case-commit",
    "ingest.before-receipt",
    "ingest.after-receipt",
    "ingest.after-delete",
    "outbox.after-claim",
    "outbox.before-send",
    "outbox.after-send",
    "outbox.after-mark",
    "clock.before-commit",
    "clock.after-commit",
    "upload.before-blob",
    "upload.after-blob",
    "upload.after-commit",
    "library.before-store",
    "library.after-store",
    "marks.before-index",
    "marks.after-index",
    "library.before-index",
    "library.after-index",
)

_passes: dict[str, int] = {}


def fault_point(name: str) -> None:
    """Die here if the environment names this point; *name* must be one of ``POINTS``."""
    wanted = os.environ.get("SHENGYU_FAULT")
    if not wanted:
        return
    if name not in POINTS:
        raise AssertionError(f"fault point {name!r} is not listed in core.faults.POINTS")
    point, _, count = wanted.partition(":")
    if point != name:
        return
    _passes[name] = _passes.get(name, 0) + 1
    if _passes[name] >= int(count or 1):
        os.kill(os.getpid(), signal.SIGKILL)
