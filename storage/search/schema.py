"""Tables of the embedded engine's files, and how a connection to one is opened."""

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import apsw

from core.errors import StorageError

# Counted up with every change of the tables or the tokens: with the tokens, ``TOKENS_CHANGED`` is
# the step.
VERSION: Final = 3
BUSY_MILLISECONDS: Final = 15_000

# Strings of users are stored as UTF-8 blobs, because lone surrogates have no TEXT form.
# published: µs since 1970. label: place in sql.LABELS. hour: hours since 1970 (UTC).
_TABLES: Final = """
CREATE VIRTUAL TABLE mention_text USING fts5(
    title, text, tags, content='', contentless_delete=1, tokenize='ascii'
);
INSERT INTO mention_text(mention_text, rank) VALUES ('hashsize', 33554432);
INSERT INTO mention_text(mention_text, rank) VALUES ('automerge', 8);
CREATE TABLE mention_row (
    row INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    published INTEGER NOT NULL,
    label INTEGER NOT NULL,
    platform BLOB NOT NULL,
    batch BLOB NOT NULL,
    likes INTEGER, comments INTEGER, shares INTEGER, views INTEGER
) STRICT;
CREATE TABLE mention_document (row INTEGER PRIMARY KEY, document BLOB NOT NULL) STRICT;
CREATE TABLE mention_brand (
    row INTEGER NOT NULL, brand BLOB NOT NULL, label INTEGER NOT NULL,
    PRIMARY KEY (row, brand)
) STRICT, WITHOUT ROWID;
CREATE TABLE hourly (
    brand BLOB NOT NULL, hour INTEGER NOT NULL, label INTEGER NOT NULL, mentions INTEGER NOT NULL,
    PRIMARY KEY (brand, hour, label)
) STRICT, WITHOUT ROWID;
CREATE TABLE synced (only INTEGER PRIMARY KEY CHECK (only = 1), times INTEGER NOT NULL) STRICT;
INSERT INTO synced VALUES (1, 0);
"""

# The roll-up by word. sampling.mentions: how many the file holds; due: at which size to look again
# for words that have become frequent.
_WORD_TABLES: Final = """
CREATE TABLE frequent_word (word TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
CREATE TABLE waiting_word (word TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
CREATE TABLE word_count (
    word TEXT NOT NULL, part BLOB NOT NULL, mentions INTEGER NOT NULL,
    PRIMARY KEY (word, part)
) STRICT, WITHOUT ROWID;
CREATE TABLE sampling (
    only INTEGER PRIMARY KEY CHECK (only = 1), mentions INTEGER NOT NULL, due INTEGER NOT NULL
) STRICT;
INSERT INTO sampling SELECT 1, count(*), 2000 FROM mention_row;
"""

# upto: the last row that is still to be cut into tokens anew, NULL where none is.
_REBUILD_TABLE: Final = """
CREATE TABLE rebuild (only INTEGER PRIMARY KEY CHECK (only = 1), upto INTEGER) STRICT;
INSERT INTO rebuild VALUES (1, NULL);
"""

# All rows are to be done. Nobody knows what the older tokens of a removed mention were, so no word
# is counted until then; tags, which begin with U+E000, are no words and stay.
TOKENS_CHANGED: Final = """
UPDATE rebuild SET upto = 9223372036854775807 WHERE EXISTS (SELECT 1 FROM mention_row);
UPDATE sampling SET due = 9223372036854775807 WHERE EXISTS (SELECT 1 FROM mention_row);
DELETE FROM waiting_word;
DELETE FROM word_count WHERE word < char(0xE000) OR word >= char(0xE001);
DELETE FROM frequent_word WHERE word < char(0xE000) OR word >= char(0xE001);
"""


@dataclass(frozen=True)
class Layout:
    """What a file holds: the SQL that makes its tables, and the number of that form.

    *remedy* is what a person should do when the file is damaged. *steps* is the SQL that makes a
    file of version 1 one of version 2, that one of version 3, and so on.
    """

    tables: str
    version: int
    remedy: str
    steps: tuple[str, ...] = ()


MENTIONS: Final = Layout(
    _TABLES + _WORD_TABLES + _REBUILD_TABLE,
    VERSION,
    "Restore it from a backup.",
    steps=(_WORD_TABLES, _REBUILD_TABLE + TOKENS_CHANGED),
)


def connect(path: Path) -> apsw.Connection:
    """Open *path* with the settings every connection needs; the file is created if missing."""
    db = apsw.Connection(str(path))
    db.set_busy_timeout(BUSY_MILLISECONDS)
    db.execute("PRAGMA synchronous=NORMAL; PRAGMA cache_size=-16000")
    db.execute("PRAGMA journal_size_limit=67108864")
    return db


def prepare(db: apsw.Connection, path: Path, layout: Layout) -> None:
    """Create the tables or bring an older file up to date; many processes may do so at once.

    Raises ``StorageError`` when a newer version of this service wrote the file.
    """
    if _version(db, path, layout) == layout.version:
        return
    _use_wal(db)
    db.execute("BEGIN IMMEDIATE")
    try:
        held = _version(db, path, layout)
        if held != layout.version:
            db.execute("".join(layout.steps[held - 1 :]) if held else layout.tables)
            db.execute(f"PRAGMA user_version={layout.version}")
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise


def _version(db: apsw.Connection, path: Path, layout: Layout) -> int:
    version = int(db.execute("PRAGMA user_version").get)
    if version > layout.version:
        raise StorageError(
            f"The search index {path} was written by a newer version of this service "
            f"(format {version}; this one knows {layout.version}). Install the newer version again."
        )
    return version


def _use_wal(db: apsw.Connection) -> None:
    """Switch to WAL. SQLite does not wait for others here, whatever the busy timeout says."""
    until = time.monotonic() + BUSY_MILLISECONDS / 1000
    while True:
        try:
            db.execute("PRAGMA journal_mode=WAL")
            return
        except apsw.BusyError:
            if time.monotonic() > until:
                raise
            time.sleep(0.01)
