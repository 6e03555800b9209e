"""Cuts all mentions of an embedded file into tokens anew, from their own documents.

In the one text index, newest first, a few rows a transaction, with the place in the file: so
searches and writers go on, several processes may share the work, and who is killed is continued.
A second text index beside it would need every write twice, and to drop the old one locks writers
out for as long as reading all of it takes.

Every function runs inside one write transaction of its caller.
"""

from datetime import datetime
from typing import Final

import apsw

from storage.mentions import Engagement
from storage.search import order, schema
from storage.search.frequent_words import SAMPLE, count_on
from storage.search.mentions import decode
from storage.search.writing import index_text, unindex_text

# Some tenths of a second, for which writers wait.
_STEP: Final = 500


def begin(db: apsw.Connection) -> None:
    """Have every row done; a rebuild that was begun goes on."""
    if next_row(db) is None:
        db.execute(schema.TOKENS_CHANGED)


def next_row(db: apsw.Connection) -> int | None:
    """Return the newest row that may hold older tokens, or None when all are of today."""
    upto: int | None = db.execute("SELECT upto FROM rebuild").get
    return upto


def step(db: apsw.Connection) -> set[datetime] | None:
    """Do some rows and return the months (UTC) they are of; None when nothing is left to do.

    After the last row come the frequent words, which are counted over several steps too.
    """
    upto = next_row(db)
    if upto is None:
        return set() if count_on(db) else None
    numbered = [
        (row, decode(document, Engagement()))
        for row, document in db.execute(
            "SELECT row, document FROM mention_document WHERE row <= ? ORDER BY row DESC LIMIT ?",
            (upto, _STEP),
        )
    ]
    # FTS5 wants row ids in ascending order.
    numbered.reverse()
    unindex_text(db, [row for row, _ in numbered])
    index_text(db, numbered)
    if len(numbered) == _STEP:
        db.execute("UPDATE rebuild SET upto = ?", (numbered[0][0] - 1,))
    else:
        db.execute("UPDATE rebuild SET upto = NULL")
        db.execute("UPDATE sampling SET due = ?", (SAMPLE,))
    return {order.month_start(mention.published_at) for _, mention in numbered}
