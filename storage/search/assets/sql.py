"""Translates a plan for SQLite, and says in which columns its words may stand for each tier."""

import json
from functools import partial
from typing import Final

from storage.search import fulltext, order
from storage.search.assets import pinyin
from storage.search.assets.keywords import comparable
from storage.search.assets.plan import AssetPlan
from storage.search.sql import Where
from storage.search.syntax import Field, Node, Term, any_of

TEXTS: Final = ("title", "tags", "description", "text")
# Private-use characters, which no token of a text contains.
BREAK: Final = "\ue001"
INITIALS: Final = "\ue002"


def tiers(plan: AssetPlan) -> list[str]:
    """Return the expressions of the tiers of *plan*, the best first; each holds those before it.

    All words in the title; in title or tags; in those or the description; anywhere, one of them in
    title or tags; anywhere; some found by pinyin alone. Without words to find there is one tier.
    """
    assert plan.root is not None
    if not plan.terms:
        return [expression(plan.root, TEXTS)]
    found = [expression(plan.root, TEXTS[:columns]) for columns in (1, 2, 3)]
    anywhere = expression(plan.root, TEXTS)
    if len(plan.terms) > 1:
        some = any_of([*plan.terms])
        assert some is not None
        named = expression(some, TEXTS[:2])
        found.append(f"({found[-1]} OR ({anywhere} AND {named}))")
    sounding = expression(plan.root, TEXTS, by_sound=True)
    return [*found, anywhere] if sounding == anywhere else [*found, anywhere, sounding]


def expression(root: Node, columns: tuple[str, ...], *, by_sound: bool = False) -> str:
    """Return the FTS5 expression of a tree whose wanted words must stand in *columns*.

    Unwanted words may stand nowhere. *by_sound* finds them by their pinyin too.
    """
    return fulltext.expression(root, partial(_term, columns, by_sound), _tag_of)


def where(plan: AssetPlan) -> Where:
    """Return the rows that *plan* selects."""
    if plan.root is None:
        found = Where("asset_row AS r", "r.row", joined=True)
    else:
        found = matching(tiers(plan)[-1])
    return narrowed(found, plan)


def matching(found: str) -> Where:
    """Return the rows of an FTS5 expression."""
    whole = Where("asset_text", "asset_text.rowid", table="asset_row")
    return whole.narrowed("asset_text MATCH ?", found)


def narrowed(found: Where, plan: AssetPlan) -> Where:
    """Return *found* with the times, days and left out ids of *plan* as further conditions."""
    if plan.without:
        left_out = "r.id NOT IN (SELECT CAST(value AS BLOB) FROM json_each(?))"
        found = found.with_rows().narrowed(left_out, json.dumps(plan.without))
    for moment, sign in ((plan.after, ">="), (plan.before, "<")):
        if moment is not None:
            stamp = order.microseconds(moment)
            found = found.with_rows().narrowed(f"r.updated {sign} ?", stamp)
    for day in plan.days:
        number = day.toordinal()
        found = found.with_rows().narrowed(
            "coalesce(r.usable_from <= ?, true) AND coalesce(r.usable_until >= ?, true)",
            number,
            number,
        )
    return found


def sounds(text: str) -> list[str]:
    """Return the content of the pinyin column for one title or tag."""
    readings = list(pinyin.renderings(text))
    initials = dict.fromkeys(" ".join(_marked(pinyin.initials_of(each))) for each in readings)
    return [*(" ".join(each) for each in readings), *filter(None, initials)]


def _term(columns: tuple[str, ...], by_sound: bool, term: Term, wanted: bool) -> str:
    within = columns if wanted else TEXTS
    found = f"{{{' '.join(within)}}} : ({fulltext.words(term.text)})"
    sound = pinyin.sound_of(term.text) if by_sound and wanted else None
    if sound is None:
        return f"({found})"
    ways = [f'"{" ".join(cut)}"{" *" if sound.open_ended else ""}' for cut in sound.cuts]
    ways.append(f'"{" ".join(_marked(pinyin.initials_of(sound.initials)))}"')
    return f"(({found}) OR (pinyin : ({' OR '.join(ways)})))"


def _marked(pairs: list[str]) -> list[str]:
    return [INITIALS + pair for pair in pairs]


def _tag_of(wanted: Field) -> str:
    return fulltext.tag(wanted.name, comparable(wanted.name, wanted.value))
