"""Which tokens the roll-up by word counts: those in one of fifty mentions.

Of single characters, for which people look less often, those in one of ten.

A sample shows them, drawn anew whenever the file has grown by half. A token that is less
frequent is counted when somebody asks for it, which takes about a millisecond.
"""

from collections import Counter
from collections.abc import Iterator
from typing import Final

import apsw

from storage.mentions import Engagement
from storage.search.columns import BEGINNING, columns
from storage.search.fulltext import text_of
from storage.search.mentions import decode
from storage.search.sql import LABELS
from storage.search.tokens import phrase
from storage.search.word_counts import WHOLE, grow, part

SAMPLE: Final = 2000
_FREQUENT: Final = 0.02
_FREQUENT_CHARACTER: Final = 0.1
_GROWTH: Final = 1.5
# Some seconds' work for a file of a million mentions is done over several calls of writers.
_BUDGET: Final = 200_000


def follow_growth(db: apsw.Connection) -> None:
    """Look for tokens that have become frequent, if the file has grown, and count some of them."""
    mentions, due = next(db.execute("SELECT mentions, due FROM sampling"))
    if mentions >= due:
        _sample(db)
        db.execute("UPDATE sampling SET due = ?", (int(mentions * _GROWTH) + 1,))
    _count_waiting(db)


def count_on(db: apsw.Connection) -> bool:
    """Do as ``follow_growth`` does and return whether some tokens still wait to be counted."""
    follow_growth(db)
    return bool(db.execute("SELECT EXISTS (SELECT 1 FROM waiting_word)").get)


def _sample(db: apsw.Connection) -> None:
    """Have the tokens counted that many of the first mentions by id hold: ids are hashes."""
    seen: Counter[str] = Counter()
    initials: Counter[str] = Counter()
    drawn = 0
    for (document,) in db.execute(
        "SELECT document FROM (SELECT row FROM mention_row ORDER BY id LIMIT ?) "
        "CROSS JOIN mention_document USING (row)",
        (SAMPLE,),
    ):
        found = set(columns(decode(document, Engagement())).tokens())
        seen.update(found)
        initials.update({token[0] for token in found})
        drawn += 1
    frequent = [word for word, mentions in seen.items() if mentions >= drawn * _FREQUENT]
    frequent += [
        character + BEGINNING
        for character, mentions in initials.items()
        if mentions >= drawn * _FREQUENT_CHARACTER and _is_looked_for(character)
    ]
    db.executemany(
        "INSERT INTO waiting_word SELECT ?1 WHERE ?1 NOT IN frequent_word ON CONFLICT DO NOTHING",
        [(word,) for word in frequent],
    )


def _is_looked_for(character: str) -> bool:
    """Whether this character alone finds the tokens that begin with it."""
    wanted = phrase(character)
    return wanted is not None and wanted.prefix


def _count_waiting(db: apsw.Connection) -> None:
    counted = 0
    waiting = [str(word) for (word,) in db.execute("SELECT word FROM waiting_word")]
    for word in waiting:
        if counted > _BUDGET:
            return
        divided: Counter[bytes] = Counter({WHOLE: 0})
        for name, mentions in _divided(db, word):
            divided[name] += mentions
        grow(db, [(word, name, mentions) for name, mentions in divided.items()])
        db.execute("INSERT INTO frequent_word VALUES (?)", (word,))
        db.execute("DELETE FROM waiting_word WHERE word = ?", (word,))
        counted += divided[WHOLE]


def _divided(db: apsw.Connection, word: str) -> Iterator[tuple[bytes, int]]:
    token = word.removesuffix(BEGINNING)
    expression = f'"{token}"' if token == word else f'"{token}" *'
    for label, platform, mentions in db.execute(
        "SELECT r.label, r.platform, count(*) FROM mention_text "
        "CROSS JOIN mention_row AS r ON r.row = mention_text.rowid "
        "WHERE mention_text MATCH ? GROUP BY 1, 2",
        (expression,),
    ):
        yield WHOLE, mentions
        yield part("label", LABELS[label]), mentions
        yield part("platform", text_of(platform)), mentions
    for brand, label, mentions in db.execute(
        "SELECT b.brand, b.label, count(*) FROM mention_text "
        "CROSS JOIN mention_brand AS b ON b.row = mention_text.rowid "
        "WHERE mention_text MATCH ? GROUP BY 1, 2",
        (expression,),
    ):
        yield part("brand", text_of(brand)), mentions
        yield part("toward", text_of(brand), LABELS[label]), mentions
