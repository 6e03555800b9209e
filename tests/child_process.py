"""Runs Python in other processes, as the tests of locks, leases and kills need it."""

import subprocess
import sys
from pathlib import Path

from crawlers.launch import child_environment

ROOT = Path(__file__).resolve().parent.parent
WAIT_S = 30.0

Child = subprocess.Popen[str]


def start_python(code: str, *arguments: object, **environ: str) -> Child:
    """Start ``python -c code arguments…`` with our packages in reach."""
    return _start(["-c", code, *map(str, arguments)], environ)


def run_python(code: str, *arguments: object, **environ: str) -> "subprocess.CompletedProcess[str]":
    """Run it to its end."""
    return finished(start_python(code, *arguments, **environ))


def run_module(
    *arguments: str, given: str | bytes = "", cwd: Path | None = None, **environ: str
) -> "subprocess.CompletedProcess[bytes]":
    """Run ``python -m arguments…`` with *given* on stdin; output comes as bytes."""
    return subprocess.run(
        [sys.executable, *arguments],
        input=given.encode() if isinstance(given, str) else given,
        capture_output=True,
        timeout=WAIT_S,
        check=False,
        cwd=cwd,
        env=child_environment() | environ,
    )


def finished(child: Child) -> "subprocess.CompletedProcess[str]":
    """Wait for *child* and return what it said."""
    out, err = child.communicate(timeout=WAIT_S)
    return subprocess.CompletedProcess(child.args, child.returncode, out, err)


def say(child: Child, line: str = "") -> None:
    """Send *line* to the child's stdin."""
    assert child.stdin is not None
    child.stdin.write(line + "\n")
    child.stdin.flush()


def hear(child: Child) -> str:
    """Return the next line of the child's stdout."""
    assert child.stdout is not None
    return child.stdout.readline().strip()


def kill(child: Child) -> None:
    """End *child* with SIGKILL and reap it."""
    child.kill()
    child.communicate(timeout=WAIT_S)


def _start(arguments: list[str], environ: dict[str, str]) -> Child:
    return subprocess.Popen(
        [sys.executable, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=child_environment() | environ,
    )
