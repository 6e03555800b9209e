"""Reads what a test wrote, in a folder of the test's own."""

from pathlib import Path

import pytest
from reading_files import Read

from assets.reading.limits import Limits
from assets.reading.run import Reading, read_file


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Read a file, or bytes as one, of a media type."""

    def read(given: bytes | Path, media_type: str, limits: Limits | None = None) -> Reading:
        path = given if isinstance(given, Path) else tmp_path / "given"
        if isinstance(given, bytes):
            path.write_bytes(given)
        folder = tmp_path / "out"
        folder.mkdir()
        return read_file(path, media_type, folder, limits)

    return read
