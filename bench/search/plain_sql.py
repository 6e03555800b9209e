"""What SQLite does without our index, over the same texts in the same run.

A trigram table of FTS5 finds words of three characters and more by its index; for two characters
both it and a plain table can only read every text (``LIKE``).
"""

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

import apsw

from bench.search.questions import Word
from bench.search.timing import Times, percentile, timed
from storage.mentions import Mention
from storage.search import MentionIndex, SearchRequest

_TABLES: Final = """
PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-16000;
CREATE TABLE plain (row INTEGER PRIMARY KEY, published INTEGER, text TEXT);
CREATE INDEX by_time ON plain (published);
CREATE VIRTUAL TABLE trigram USING fts5(text, content='', tokenize='trigram');
"""
_BATCH: Final = 1000


@dataclass(frozen=True)
class Plain:
    """The tables, and the seconds by the clock and the processor that filling each took."""

    db: apsw.Connection
    like: tuple[float, float]
    trigram: tuple[float, float]


def build(file: Path, mentions: Iterable[Sequence[Mention]]) -> Plain:
    """Fill both tables in *file*, oldest first, so that their row ids are in order of time."""
    file.unlink(missing_ok=True)
    db = apsw.Connection(str(file))
    db.execute(_TABLES).fetchall()
    spent = {"plain": (0.0, 0.0), "trigram": (0.0, 0.0)}
    row = 0
    for block in mentions:
        texts = [
            (row + at, each.published_at.timestamp(), each.full_text)
            for at, each in enumerate(block)
        ]
        row += len(texts)
        for table, sql, values in (
            ("plain", "INSERT INTO plain VALUES (?, ?, ?)", texts),
            (
                "trigram",
                "INSERT INTO trigram(rowid, text) VALUES (?, ?)",
                [(at, text) for at, _, text in texts],
            ),
        ):
            began, used = time.perf_counter(), time.process_time()
            with db:
                db.executemany(sql, values)
            wall, cpu = spent[table]
            spent[table] = wall + time.perf_counter() - began, cpu + time.process_time() - used
    return Plain(db, spent["plain"], spent["trigram"])


def compared(
    index: MentionIndex, plain: Plain, words: Sequence[Word], longer: Sequence[str]
) -> str:
    """Return our times beside theirs: newest 20 and total of the same words."""
    two = [word.text for word in words]
    rows = [
        _row("two characters, LIKE over a plain table", index, two, partial(_like, plain.db)),
        _row("three and more, trigram index of FTS5", index, longer, partial(_trigram, plain.db)),
    ]
    head = (
        "| newest 20 and total, the peer | words | peer p50 ms | ours p50 ms | peer p95 ms "
        "| ours p95 ms | ours / peer, CPU in all |\n|---|---|---|---|---|---|---|"
    )
    return "\n".join([head, *rows])


def _row(name: str, index: MentionIndex, words: Sequence[str], ask: Callable[[str], object]) -> str:
    theirs = timed([partial(ask, word) for word in words])
    ours = timed([partial(index.search, SearchRequest(q=word)) for word in words])
    ratio = sum(ours.cpu) / sum(theirs.cpu)
    return f"| {name} | {len(words)} | {_pairs(theirs, ours)} | {ratio:.3f} |"


def _pairs(theirs: Times, ours: Times) -> str:
    return " | ".join(
        f"{percentile(each.wall, share):.2f}" for share in (50, 95) for each in (theirs, ours)
    )


def _like(db: apsw.Connection, word: str) -> object:
    like = f"%{word}%"
    newest = db.execute(
        "SELECT row, text FROM plain WHERE text LIKE ? ORDER BY published DESC LIMIT 20", (like,)
    ).fetchall()
    return newest, db.execute("SELECT count(*) FROM plain WHERE text LIKE ?", (like,)).get


def _trigram(db: apsw.Connection, word: str) -> object:
    newest = db.execute(
        "SELECT plain.row, plain.text FROM trigram CROSS JOIN plain ON plain.row = trigram.rowid "
        "WHERE trigram MATCH ? ORDER BY trigram.rowid DESC LIMIT 20",
        (f'"{word}"',),
    ).fetchall()
    return newest, db.execute(
        "SELECT count(*) FROM trigram WHERE trigram MATCH ?", (f'"{word}"',)
    ).get


def built(plain: Plain, mentions: int) -> str:
    """Return how quickly the peers were filled."""
    rows = [
        f"| {name} | {mentions / wall:,.0f} | {mentions / cpu:,.0f} |"
        for name, (wall, cpu) in (("plain table", plain.like), ("trigram index", plain.trigram))
    ]
    head = "| the peer's load, text alone | mentions/s | per CPU second |\n|---|---|---|"
    return "\n".join([head, *rows])
