"""What comments belong to: address and headline of each post, kept on disk during an import."""

import os
import sqlite3
import tempfile
from functools import lru_cache
from pathlib import Path
from typing import Final, Self

_AT_ONCE: Final = 1000
_CACHED: Final = 4096
_HEADLINE: Final = 60

Parent = tuple[str | None, str]


class Parents:
    """Posts by platform and id; close it to free the disk. A kill frees it too."""

    def __init__(self, scratch: Path) -> None:
        scratch.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=scratch, prefix=".parents-")
        os.close(handle)
        self._database = sqlite3.connect(name, isolation_level=None, check_same_thread=False)
        self._database.executescript(
            "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA locking_mode=EXCLUSIVE;"
            "PRAGMA cache_size=-8000; CREATE TABLE parents (key TEXT PRIMARY KEY, url TEXT,"
            " title TEXT) WITHOUT ROWID; BEGIN;"
        )
        Path(name).unlink()  # the open file stays until it is closed
        self._waiting: list[tuple[str, str | None, str]] = []
        self._found = lru_cache(_CACHED)(self._look_up)
        self.empty = True

    def add(self, platform: str, native_id: str, url: str | None, title: str) -> None:
        """Keep a post; one that comes again replaces what was kept."""
        self.empty = False
        self._waiting.append((f"{platform}:{native_id}", url, title))
        if len(self._waiting) >= _AT_ONCE:
            self._flush()

    def get(self, platform: str, native_id: str) -> Parent | None:
        """Return a post's address and headline."""
        if self._waiting:
            self._flush()
        return self._found(f"{platform}:{native_id}")

    def _flush(self) -> None:
        self._database.executemany("REPLACE INTO parents VALUES (?, ?, ?)", self._waiting)
        self._waiting.clear()
        self._found.cache_clear()

    def _look_up(self, key: str) -> Parent | None:
        row = self._database.execute("SELECT url, title FROM parents WHERE key = ?", (key,))
        found: Parent | None = row.fetchone()
        return found

    def close(self) -> None:
        """Free the disk."""
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def headline(title: str, text: str, keyword: str) -> str:
    """Return what names a post above its comments.

    The title; where that lacks the keyword that the post was found by and the text has it, or where
    there is no title, the part of the text around the keyword.
    """
    at = text.find(keyword) if keyword else -1
    if title and (at < 0 or keyword in title):
        return title
    start = max(0, at - _HEADLINE // 2)
    part = " ".join(text[start : start + _HEADLINE].split())
    return f"{'…' if start else ''}{part}{'…' if start + _HEADLINE < len(text) else ''}"
