"""What goes into the image and the package: every room, every data file, no root."""

import re
import subprocess
import tomllib
from fnmatch import fnmatch
from functools import cache
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]


@cache
def _project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))


def _rooms() -> list[str]:
    found = _project()["tool"]["setuptools"]["packages"]["find"]["include"]
    return [room.rstrip("*") for room in found]


def _tracked() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--", *_rooms()],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode:
        pytest.skip("not a git checkout: which files belong to the package is not known")
    return [Path(name) for name in listed.stdout.split("\0") if name]


def _dockerfile() -> str:
    return (ROOT / "Dockerfile").read_text("utf-8")


def test_every_room_is_copied_into_the_image() -> None:
    copied = re.findall(r"^COPY (\w+) \1$", _dockerfile(), re.MULTILINE)
    assert sorted(copied) == sorted(_rooms())


def test_the_build_sees_what_it_copies_and_nothing_else() -> None:
    lines = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    assert "*" in lines
    seen = {line[1:] for line in lines if line.startswith("!")}
    sources = re.findall(r"^COPY ((?!--from)[^\n]+) \S+$", _dockerfile(), re.MULTILINE)
    assert seen == {name for line in sources for name in line.split()}


def test_the_image_runs_as_nobody_special() -> None:
    users = re.findall(r"^USER (\S+)$", _dockerfile(), re.MULTILINE)
    assert users
    assert users[-1] not in {"root", "0", "0:0"}


def test_every_data_file_is_part_of_the_package() -> None:
    patterns = _project()["tool"]["setuptools"]["package-data"]["*"]
    suffixes = [pattern.removeprefix("**/") for pattern in patterns]
    left_out = [
        path
        for path in _tracked()
        if path.suffix != ".py" and not any(fnmatch(path.name, suffix) for suffix in suffixes)
    ]
    assert left_out == []
