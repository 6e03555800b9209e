"""The roll-up by word: how many mentions hold a frequent token, and how they divide.

To count the mentions with a word of half of all texts takes longer than to find the newest of them,
so such counts are kept in step with the rows. A token is a word of a text or the tag of a keyword;
``EVERY_TAG`` stands for all mentions, ``X*`` for the tokens that begin with the character X.
``frequent_words`` says which are counted.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Final, NamedTuple

import apsw

from storage.mentions import Label, Mention
from storage.search.columns import Columns
from storage.search.fulltext import EVERY_TAG, blob, tag, text_of
from storage.search.interface import Facets
from storage.search.plan import Plan
from storage.search.question import question
from storage.search.ranking import most_frequent
from storage.search.sql import LABELS

# The part that all mentions with a token are in.
WHOLE: Final = b""


class Indexed(NamedTuple):
    """A mention and what the text index holds of it."""

    mention: Mention
    columns: Columns


@lru_cache(maxsize=8192)
def part(name: str, *values: str) -> bytes:
    """Return the key of a part: the mentions for which *name* has this value."""
    return blob("\0".join((name, *values)))


def parts(mention: Mention) -> list[bytes]:
    """Return the parts that *mention* is in; ``toward`` is a brand and the label towards it."""
    found = [WHOLE, part("label", mention.label), part("platform", mention.platform)]
    for brand, label in {brand.id: brand.label for brand in mention.brands}.items():
        found += (part("brand", brand), part("toward", brand, label))
    return found


def add(db: apsw.Connection, mentions: Sequence[Indexed], change: int) -> None:
    """Count *mentions* in (*change* is 1) or out (-1)."""
    frequent = frozenset(word for (word,) in db.execute("SELECT word FROM frequent_word"))
    by_part: defaultdict[bytes, Counter[str]] = defaultdict(Counter)
    for mention, texts in mentions:
        held = texts.counted(frequent)
        for name in parts(mention):
            by_part[name].update(held)
    grow(
        db,
        (
            (word, name, change * number)
            for name, words in by_part.items()
            for word, number in words.items()
        ),
    )
    db.execute("UPDATE sampling SET mentions = mentions + ?", (change * len(mentions),))


def grow(db: apsw.Connection, changes: Iterable[tuple[str, bytes, int]]) -> None:
    """Add each (word, part, mentions) to the counts; below zero takes away."""
    db.executemany(
        "INSERT INTO word_count VALUES (?, ?, ?) ON CONFLICT (word, part) "
        "DO UPDATE SET mentions = mentions + excluded.mentions",
        sorted(changes),
    )


def total(db: apsw.Connection, plan: Plan) -> int | None:
    """Return how many mentions *plan* selects, or None when only the rows can tell."""
    asked = question(plan)
    if asked is None or plan.after or plan.before or len(asked.tokens) > 1:
        return None
    if asked.labels == frozenset(LABELS):
        wanted = [WHOLE if asked.brand is None else part("brand", asked.brand)]
    elif asked.brand is None:
        wanted = [part("label", label) for label in asked.labels]
    else:
        wanted = [part("toward", asked.brand, label) for label in asked.labels]
    counts = _counts(db, next(iter(asked.tokens), EVERY_TAG), wanted)
    return None if counts is None else sum(counts.get(name, 0) for name in wanted)


def facets(db: apsw.Connection, plan: Plan) -> Facets | None:
    """Return how the selection of *plan* divides, or None when only the rows can tell."""
    asked = question(plan)
    if asked is None or plan.after or plan.before or asked.labels != frozenset(LABELS):
        return None
    tokens = asked.tokens if asked.brand is None else asked.tokens | {tag("brand", asked.brand)}
    if len(tokens) > 1:
        return None
    counts = _counts(db, next(iter(tokens), EVERY_TAG))
    if counts is None:
        return None
    toward = ("label",) if asked.brand is None else ("toward", asked.brand)
    labels: Counter[Label] = Counter({each: counts.get(part(*toward, each), 0) for each in LABELS})
    platforms, brands = _named(counts, "platform"), _named(counts, "brand")
    return Facets(most_frequent(labels), most_frequent(platforms), most_frequent(brands))


def _counts(
    db: apsw.Connection, word: str, names: Sequence[bytes] | None = None
) -> dict[bytes, int] | None:
    """Return part → mentions of a counted *word*, at least of *names*; None for another word."""
    if names is None:
        found = db.execute("SELECT part, mentions FROM word_count WHERE word = ?", (word,))
    else:
        found = db.execute(
            "SELECT part, mentions FROM word_count "  # noqa: S608 - only marks
            f"WHERE word = ? AND part IN (?{', ?' * len(names)})",
            (word, WHOLE, *names),
        )
    counts: dict[bytes, int] = dict(found)
    return counts if WHOLE in counts else None


def _named(counts: Mapping[bytes, int], name: str) -> Counter[str]:
    head = part(name, "")
    return Counter(
        {text_of(key[len(head) :]): count for key, count in counts.items() if key.startswith(head)}
    )
