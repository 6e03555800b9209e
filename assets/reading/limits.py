"""What a process that reads a stranger's file may use, and what it may not do at all."""

import ctypes
import os
import resource
import signal
import sys
from dataclasses import dataclass
from typing import Any, Final

_FORBIDDEN: Final = (
    "socket.connect",
    "socket.bind",
    "socket.getaddrinfo",
    "subprocess.Popen",
    "os.system",
    "os.exec",
    "os.fork",
    "os.forkpty",
    "os.posix_spawn",
)
_PR_SET_PDEATHSIG: Final = 1


@dataclass(frozen=True)
class Limits:
    """Bounds of one reading: *memory* (address space) and *file_bytes* in bytes, times in s."""

    memory: int = 1 << 30
    cpu_s: int = 60
    wall_s: float = 90.0
    file_bytes: int = 64 << 20
    open_files: int = 64


def apply_limits(limits: Limits) -> None:
    """Bind this process to *limits* for good; it also dies with the thread that started it."""
    bounds = (
        (resource.RLIMIT_CORE, 0, 0),
        (resource.RLIMIT_AS, limits.memory, limits.memory),
        # The first is SIGXCPU, the second SIGKILL for whoever caught that.
        (resource.RLIMIT_CPU, limits.cpu_s, limits.cpu_s + 2),
        (resource.RLIMIT_FSIZE, limits.file_bytes, limits.file_bytes),
        (resource.RLIMIT_NOFILE, limits.open_files, limits.open_files),
    )
    for kind, soft, hard in bounds:
        resource.setrlimit(kind, (_within(kind, soft), _within(kind, hard)))


def _within(kind: int, wanted: int) -> int:
    """Return *wanted*, or the bound that this process already has when that is tighter."""
    ceiling = resource.getrlimit(kind)[1]
    return wanted if ceiling == resource.RLIM_INFINITY else min(wanted, ceiling)


def die_with_parent(parent: int) -> None:
    """Have the kernel kill this process when *parent*, its starter's id, is gone.

    On other systems than Linux only the limits end an orphan.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)


def forbid_network_and_processes() -> None:
    """Refuse connections and new processes in Python code from now on."""

    def refuse(event: str, _arguments: tuple[Any, ...]) -> None:
        if event in _FORBIDDEN:
            raise PermissionError(f"{event} is not for a process that reads files")

    sys.addaudithook(refuse)
