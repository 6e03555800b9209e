"""What the embedded engine changes when a person corrects the sentiment of a mention.

Runs inside one write transaction of its caller.
"""

from collections import Counter
from collections.abc import Sequence

import apsw

from storage.mentions import Engagement, Mention
from storage.search import hourly
from storage.search.fulltext import text_of
from storage.search.mentions import decode, encode, relabelled
from storage.search.sql import LABEL_NUMBER
from storage.search.writing import brand_labels, cells_of, insert_text, remove_text, rows_of


def relabel_many(db: apsw.Connection, mentions: Sequence[Mention]) -> int:
    """Take over the sentiment of each mention where its ``marked`` is larger than what is held."""
    rows = {
        text_of(key): row for key, row in rows_of(db, "id, row", [each.id for each in mentions])
    }
    return sum(_relabel(db, rows[each.id], each) for each in mentions if each.id in rows)


def _relabel(db: apsw.Connection, row: int, wanted: Mention) -> bool:
    stored = db.execute("SELECT document FROM mention_document WHERE row=?", (row,)).get
    held = decode(stored, Engagement())
    if held.marked >= wanted.marked:
        return False
    new = relabelled(held, wanted)
    db.execute("UPDATE mention_document SET document=? WHERE row=?", (encode(new), row))
    db.execute("UPDATE mention_row SET label=? WHERE row=?", (LABEL_NUMBER[new.label], row))
    db.executemany(
        "UPDATE mention_brand SET label=? WHERE row=? AND brand=?",
        [(label, row, brand) for brand, label in brand_labels(new)],
    )
    changes: Counter[hourly.Cell] = Counter(cells_of(new))
    changes.subtract(cells_of(held))
    hourly.add(db, changes)
    # The label is one of the words in the text index, which holds no copy of what it knows.
    remove_text(db, [(row, held)])
    insert_text(db, [(row, new)])
    return True
