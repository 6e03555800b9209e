"""Installs Debian packages where the caller may."""

import os
import shutil
import subprocess
from collections.abc import Callable
from typing import TypeVar

from .cache import lock
from .errors import Unavailable
from .telling import tell

Found = TypeVar("Found")


def is_ours() -> bool:
    """Whether packages can be installed: apt is here and we are root."""
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def found_or_installed(find: Callable[[], Found], *choices: str) -> Found:
    """Return what *find* finds, after installing the first of *choices* that apt has.

    Raises Unavailable as *find* does when that does not help.
    """
    try:
        return find()
    except Unavailable:
        if not is_ours():
            raise
    with lock("apt"):
        try:
            return find()
        except Unavailable:
            install(*choices)
        return find()


def install(*choices: str) -> None:
    """Install the first of *choices* that apt knows; raises Unavailable."""
    tell(f"Installing {' or '.join(choices)} …")
    _run("update", "-qq")
    for package in choices:
        known = subprocess.run(["apt-cache", "show", package], capture_output=True, check=False)
        if known.returncode == 0:
            _run("install", "-y", "-qq", "--no-install-recommends", package)
            return
    raise Unavailable(f"apt knows none of: {', '.join(choices)}.")


def _run(*arguments: str) -> None:
    done = subprocess.run(
        ["apt-get", "-o", "DPkg::Lock::Timeout=300", *arguments],
        env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise Unavailable(f"apt-get {' '.join(arguments)} failed: {done.stderr.strip()}")
