"""Finds Java, and Maven, which fetches what Java programs publish."""

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

from . import apt
from .errors import Unavailable


def find(oldest: int) -> Path:
    """Return the home of the oldest Java that is at least *oldest*; raises Unavailable."""
    fitting = sorted((version, home) for home, version in _homes() if version >= oldest)
    if not fitting:
        raise Unavailable(
            f"Java {oldest} or newer is missing. On Debian: "
            f"apt-get install openjdk-{oldest}-jre-headless; elsewhere set JAVA_HOME."
        )
    return fitting[0][1]


def get(oldest: int) -> Path:
    """Return what ``find`` does, installed through apt where that can be."""
    packages = [f"openjdk-{version}-jre-headless" for version in (oldest, 21, 25)]
    return apt.found_or_installed(lambda: find(oldest), *packages)


def maven() -> Path:
    """Return mvn, installed through apt where that can be; raises Unavailable."""

    def found() -> Path:
        program = shutil.which("mvn")
        if program is None:
            raise Unavailable("Maven is missing. On Debian: apt-get install maven")
        return Path(program)

    return apt.found_or_installed(found, "maven")


def _homes() -> Iterator[tuple[Path, int]]:
    homes = {home.resolve() for home in Path("/usr/lib/jvm").glob("*")}
    if "JAVA_HOME" in os.environ:
        homes.add(Path(os.environ["JAVA_HOME"]).resolve())
    in_path = shutil.which("java")
    if in_path is not None:
        homes.add(Path(in_path).resolve().parents[1])
    for home in sorted(homes):
        version = _version(home)
        if version is not None and (home / "bin" / "java").exists():
            yield home, version


def _version(home: Path) -> int | None:
    """Return the major version that the home's own ``release`` tells."""
    try:
        told = (home / "release").read_text("utf-8")
    except OSError:
        return None
    number = re.search(r'^JAVA_VERSION="(\d+)', told, re.MULTILINE)
    return None if number is None else int(number[1])
