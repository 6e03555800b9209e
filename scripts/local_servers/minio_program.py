"""MinIO, built once from its last source into the cache."""

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Final

from . import cache
from .errors import Unavailable
from .telling import tell

VERSION: Final = "v0.0.0-20260212201848-7aac2a2c5b7c"
_MODULE: Final = f"github.com/minio/minio@{VERSION}"
_OLDEST_GO: Final = (1, 24)


def find() -> Path:
    """Return the program; raises Unavailable where ``get`` was not run."""
    program = cache.folder() / f"minio-{VERSION}" / "minio"
    if not program.exists():
        raise Unavailable(f"MinIO is not in {cache.folder()}: scripts/servers get")
    return program


def get() -> Path:
    """Return what ``find`` does, built where it is missing."""
    return cache.kept(f"minio-{VERSION}", "minio", _build) / "minio"


def _build(made: Path) -> None:
    go = _go()
    tell("Building MinIO: 3 minutes, once …")
    built = subprocess.run(
        [go, "install", _MODULE],
        cwd=made,
        env={**os.environ, "GOBIN": str(made), "CGO_ENABLED": "0"},
        capture_output=True,
        text=True,
        check=False,
    )
    if built.returncode != 0:
        said = built.stderr.strip()[-800:]
        raise Unavailable(f"Go could not build MinIO; is the Go module proxy in reach? {said}")


def _go() -> str:
    needed = ".".join(map(str, _OLDEST_GO))
    advice = f"Go {needed} or newer is needed to build MinIO, once: see https://go.dev/dl/"
    program = shutil.which("go")
    if program is None:
        raise Unavailable(f"{advice}.")
    told = subprocess.run([program, "version"], capture_output=True, text=True, check=False)
    number = re.search(r"go(\d+)\.(\d+)", told.stdout)
    if number is None or (int(number[1]), int(number[2])) < _OLDEST_GO:
        raise Unavailable(f"{advice}; {program} is {told.stdout.strip()!r}.")
    return program
