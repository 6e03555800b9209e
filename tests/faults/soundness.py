"""Says what is wrong with a records or search file that was left by a crash."""

from collections import Counter
from pathlib import Path

import apsw
import pysqlite3

from storage.search import hourly


def check_records(path: Path) -> None:
    """Fail unless the file is whole and every reference in it holds."""
    db = pysqlite3.connect(path)
    try:
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert db.execute("PRAGMA foreign_key_check").fetchall() == []
    finally:
        db.close()


def check_search(path: Path) -> None:
    """Fail unless the file is whole and rows, documents, words and the roll-up agree."""
    db = apsw.Connection(str(path))
    try:
        assert db.execute("PRAGMA integrity_check").get == "ok"
        db.execute("INSERT INTO mention_text(mention_text) VALUES ('integrity-check')")
        rows = db.execute("SELECT row FROM mention_row ORDER BY row").fetchall()
        for found in (
            "SELECT row FROM mention_document ORDER BY row",
            "SELECT rowid FROM mention_text ORDER BY rowid",
        ):
            assert db.execute(found).fetchall() == rows
        assert _rolled_up(db) == _recounted(db)
    finally:
        db.close()


def _rolled_up(db: apsw.Connection) -> dict[hourly.Cell, int]:
    cells = db.execute("SELECT brand, hour, label, mentions FROM hourly WHERE mentions != 0")
    return {(brand, hour, label): count for brand, hour, label, count in cells}


def _recounted(db: apsw.Connection) -> Counter[hourly.Cell]:
    counted: Counter[hourly.Cell] = Counter()
    for row, published, label in db.execute("SELECT row, published, label FROM mention_row"):
        brands = db.execute("SELECT brand, label FROM mention_brand WHERE row=?", (row,)).fetchall()
        counted.update(hourly.cells(published, label, brands))
    return counted
