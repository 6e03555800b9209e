"""The shared strings of a workbook, kept on disk: one read for each cell, eight bytes in memory."""

import os
import tempfile
import zipfile
from array import array
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Final, Self

from crawlers.importing.xlsx.xml_stream import parse

MEMBER: Final = "xl/sharedStrings.xml"
LONGEST_CELL: Final = 1 << 20
_CACHED: Final = 4096


class SharedStrings:
    """Strings by their number. Close it (or leave the ``with``) to free the disk."""

    def __init__(self, archive: zipfile.ZipFile, scratch: Path | None) -> None:
        self._file = tempfile.TemporaryFile(dir=scratch)  # noqa: SIM115 - closed by close()
        self._ends = array("Q", [0])
        if MEMBER in archive.namelist():
            for _ in self._read(archive):
                pass
        self._file.flush()
        self._cached = lru_cache(_CACHED)(self._at)

    def __getitem__(self, number: int) -> str:
        return self._cached(number)

    def _at(self, number: int) -> str:
        if not 0 <= number < len(self._ends) - 1:
            return ""
        start, end = self._ends[number], self._ends[number + 1]
        return os.pread(self._file.fileno(), end - start, start).decode("utf-8", "replace")

    def _read(self, archive: zipfile.ZipFile) -> Iterator[None]:
        parts: list[str] = []
        inside = phonetic = False
        length = 0

        def start(name: str, _attributes: dict[str, str]) -> None:
            nonlocal inside, phonetic
            inside = name == "t" and not phonetic
            phonetic = phonetic or name == "rPh"

        def end(name: str) -> None:
            nonlocal inside, phonetic, length
            inside = False
            if name == "rPh":
                phonetic = False
            elif name == "si":
                written = self._file.write("".join(parts).encode("utf-8", "replace"))
                self._ends.append(self._ends[-1] + written)
                parts.clear()
                length = 0

        def data(text: str) -> None:
            nonlocal length
            if inside and length < LONGEST_CELL:
                parts.append(text)
                length += len(text)

        return parse(archive, MEMBER, start, end, data)

    def close(self) -> None:
        """Free the disk."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
