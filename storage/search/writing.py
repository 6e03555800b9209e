"""What the embedded engine writes: mentions created once, counts grown, mentions removed.

Every function runs inside one write transaction of its caller.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import apsw

from storage.mentions import Engagement, Mention
from storage.search import hourly, order, word_counts
from storage.search.columns import columns
from storage.search.frequent_words import follow_growth
from storage.search.fulltext import blob, text_of
from storage.search.mentions import counts, decode, encode, grown
from storage.search.sql import LABEL_NUMBER
from storage.search.word_counts import Indexed

_CHUNK = 500


def create_many(db: apsw.Connection, mentions: Sequence[Mention]) -> dict[str, str]:
    """Create or recognise each mention; return id → stored batch id."""
    known = {
        text_of(key): (row, text_of(batch), Engagement(*counts))
        for key, row, batch, *counts in rows_of(
            db, "id, row, batch, likes, comments, shares, views", [each.id for each in mentions]
        )
    }
    batches = {key: batch for key, (_, batch, _) in known.items()}
    fresh: dict[str, Mention] = {}
    for mention in mentions:
        if mention.id in known:
            row, batch, old = known[mention.id]
            new = grown(old, mention.engagement)
            if new != old:
                db.execute(
                    "UPDATE mention_row SET likes=?, comments=?, shares=?, views=? WHERE row=?",
                    (*counts(new), row),
                )
                known[mention.id] = row, batch, new
        elif mention.id in fresh:
            first = fresh[mention.id]
            merged = grown(first.engagement, mention.engagement)
            fresh[mention.id] = replace(first, engagement=merged)
        else:
            fresh[mention.id] = mention
            batches[mention.id] = mention.batch_id
    _insert(db, list(fresh.values()))
    return batches


def delete(db: apsw.Connection, ids: Sequence[str]) -> int:
    """Remove mentions from every table; return how many there were."""
    changes: Counter[hourly.Cell] = Counter()
    doomed = [
        (row, decode(document, Engagement()))
        for (row,) in rows_of(db, "row", ids)
        for (document,) in db.execute("SELECT document FROM mention_document WHERE row=?", (row,))
    ]
    for _, mention in doomed:
        changes.subtract(cells_of(mention))
    hourly.add(db, changes)
    remove_text(db, doomed)
    rows = [(row,) for row, _ in doomed]
    for table in ("mention_row", "mention_document", "mention_brand"):
        db.executemany(f"DELETE FROM {table} WHERE row=?", rows)  # noqa: S608 - named above
    return len(rows)


def _insert(db: apsw.Connection, mentions: Sequence[Mention]) -> None:
    # In ascending order: FTS5 writes out what it has gathered whenever a row id goes backwards.
    numbered = sorted(_numbered(db, mentions), key=lambda pair: pair[0])
    db.executemany(
        "INSERT INTO mention_row VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (
                row,
                blob(mention.id),
                order.microseconds(mention.published_at),
                LABEL_NUMBER[mention.label],
                blob(mention.platform),
                blob(mention.batch_id),
                *counts(mention.engagement),
            )
            for row, mention in numbered
        ],
    )
    db.executemany(
        "INSERT INTO mention_document VALUES (?, ?)",
        [(row, encode(mention)) for row, mention in numbered],
    )
    brands = [
        (row, brand, label) for row, mention in numbered for brand, label in brand_labels(mention)
    ]
    db.executemany("INSERT INTO mention_brand VALUES (?, ?, ?)", brands)
    hourly.add(db, Counter(cell for _, mention in numbered for cell in cells_of(mention)))
    insert_text(db, numbered)
    follow_growth(db)


def insert_text(db: apsw.Connection, numbered: Sequence[tuple[int, Mention]]) -> None:
    """Add what the text index knows of mentions by their row ids, and count their words."""
    word_counts.add(db, index_text(db, numbered), 1)


def index_text(db: apsw.Connection, numbered: Sequence[tuple[int, Mention]]) -> list[Indexed]:
    """Add mentions to the text index alone; return what it holds of them now."""
    indexed = [Indexed(mention, columns(mention)) for _, mention in numbered]
    db.executemany(
        "INSERT INTO mention_text(rowid, title, text, tags) VALUES (?, ?, ?, ?)",
        [(row, *texts) for (row, _), (_, texts) in zip(numbered, indexed, strict=True)],
    )
    return indexed


def remove_text(db: apsw.Connection, numbered: Sequence[tuple[int, Mention]]) -> None:
    """Take away what ``insert_text`` added for these mentions as they are held."""
    unindex_text(db, [row for row, _ in numbered])
    word_counts.add(db, [Indexed(mention, columns(mention)) for _, mention in numbered], -1)


def unindex_text(db: apsw.Connection, rows: Iterable[int]) -> None:
    """Take rows from the text index alone, whatever it held of them."""
    db.executemany("DELETE FROM mention_text WHERE rowid=?", [(row,) for row in rows])


def _numbered(db: apsw.Connection, mentions: Sequence[Mention]) -> Iterator[tuple[int, Mention]]:
    taken: set[int] = set()
    for mention in mentions:
        published, attempt = order.microseconds(mention.published_at), 0
        row = order.number(mention.id, published)
        while row in taken or db.execute("SELECT 1 FROM mention_row WHERE row=?", (row,)).get:
            attempt += 1
            row = order.number(mention.id, published, attempt)
        taken.add(row)
        yield row, mention


def brand_labels(mention: Mention) -> list[tuple[bytes, int]]:
    """Return (brand, number of the label towards it), each brand once."""
    return [
        (blob(key), LABEL_NUMBER[label])
        for key, label in {brand.id: brand.label for brand in mention.brands}.items()
    ]


def cells_of(mention: Mention) -> Iterator[hourly.Cell]:
    """Yield the cells of the roll-up that *mention* counts in."""
    published = order.microseconds(mention.published_at)
    return hourly.cells(published, LABEL_NUMBER[mention.label], brand_labels(mention))


def rows_of(db: apsw.Connection, columns: str, ids: Sequence[str]) -> Iterator[tuple[Any, ...]]:
    """Yield *columns* of the rows with these ids, as far as they exist."""
    keys = list(dict.fromkeys(blob(key) for key in ids))
    for at in range(0, len(keys), _CHUNK):
        chunk = keys[at : at + _CHUNK]
        marks = ", ".join("?" * len(chunk))
        yield from db.execute(
            f"SELECT {columns} FROM mention_row WHERE id IN ({marks})",  # noqa: S608
            chunk,
        )
