"""Finds the newest mentions with a frequent character by reading the newest mentions.

One character is a prefix of many tokens: to ask FTS5 for it means to merge the lists of all of them
first, a fifth of a second for half a million hits. Of a character in one of fifty mentions the
newest stand in the newest rows.
"""

from collections import defaultdict
from dataclasses import replace
from functools import cache
from typing import Final

import apsw

from core.folding import fold
from storage.mentions import Engagement
from storage.search import rebuilding
from storage.search.mentions import decode
from storage.search.plan import Plan
from storage.search.sql import where
from storage.search.syntax import And, Node, Term, all_of
from storage.search.tokens import phrase

# Rows looked at for one that is wanted: beyond it the text index is quicker.
_LOOKED_AT: Final = 50
_FIRST_CJK, _AFTER_CJK = 0x3000, 0x3_2400


def newest(db: apsw.Connection, plan: Plan, below: int | None, limit: int) -> list[int] | None:
    """Return up to *limit* rows under *below* that *plan* selects, newest first.

    None when it asks for no single character, or for one that the first rows seldom hold.
    """
    characters, rest = _apart(plan)
    # Rows of older tokens are found as they were indexed, on every page.
    if not characters or rebuilding.next_row(db) is not None:
        return None
    selected = where(rest)
    if below is not None:
        selected = selected.narrowed(f"{selected.row} < ?", below)
    row = selected.row
    source = f"{selected.source} CROSS JOIN mention_document AS d ON d.row = {row}"
    forms = [[each.encode() for each in _forms(character)] for character in characters]
    likely = " AND ".join(
        f"({' OR '.join(['instr(d.document, ?)'] * len(each))})" for each in forms
    )
    found: list[int] = []
    looked_at = 0
    for number, document in db.execute(
        f"SELECT {row}, CASE WHEN {likely} THEN d.document END "
        f"{replace(selected, source=source).sql} ORDER BY {row} DESC LIMIT ?",
        (*(form for each in forms for form in each), *selected.values, limit * _LOOKED_AT),
    ):
        looked_at += 1
        # Other fields of the document may hold it too.
        if document is not None and _holds(document, characters):
            found.append(number)
            if len(found) == limit:
                return found
    return found if looked_at < limit * _LOOKED_AT else None


def asked_for(plan: Plan) -> bool:
    """Whether *plan* asks for a single character, for which the text index is slow."""
    return bool(_apart(plan)[0])


def _apart(plan: Plan) -> tuple[list[str], Plan]:
    """Return the single characters that a mention must hold, and what else *plan* asks."""
    parts = plan.root.parts if isinstance(plan.root, And) else (plan.root,)
    characters: list[str] = []
    others: list[Node] = []
    for part in parts:
        wanted = phrase(part.text) if isinstance(part, Term) else None
        if wanted is not None and wanted.prefix and len(wanted.tokens) == 1:
            characters.append(wanted.tokens[0])
        elif part is not None:
            others.append(part)
    return characters, replace(plan, root=all_of(others))


def _holds(document: bytes, characters: list[str]) -> bool:
    """Every character of a run begins a token, so to hold it is to hold such a token."""
    folded = fold(decode(document, Engagement()).full_text)
    return all(character in folded for character in characters)


def _forms(character: str) -> list[str]:
    """Return what folds to *character*, itself first."""
    return [character, *_others().get(character, ())]


@cache
def _others() -> dict[str, list[str]]:
    written = "".join(map(chr, range(_FIRST_CJK, _AFTER_CJK)))
    found: defaultdict[str, list[str]] = defaultdict(list)
    for one, folded in zip(written, fold(written), strict=True):
        if one != folded:
            found[folded].append(one)
    return dict(found)
