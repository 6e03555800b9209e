"""Translates a plan for SQLite."""

import json
from collections.abc import Iterable
from functools import partial

from storage.search import fulltext, order
from storage.search.assets import pinyin
from storage.search.assets.columns import TEXTS, mark, marked
from storage.search.assets.plan import AssetPlan
from storage.search.assets.tiers import tiers
from storage.search.sql import Where
from storage.search.syntax import Node, Term


class _Fts5:
    """A ``Dialect``: the expressions of FTS5."""

    def tree(self, root: Node, columns: int, *, by_sound: bool = False) -> str:
        return fulltext.expression(root, partial(_term, TEXTS[:columns], by_sound), mark)

    def any_of(self, parts: Iterable[str]) -> str:
        return f"({' OR '.join(parts)})"

    def all_of(self, parts: Iterable[str]) -> str:
        return f"({' AND '.join(parts)})"


def expressions(plan: AssetPlan) -> list[str]:
    """Return the FTS5 expressions of the tiers of *plan*, the best first."""
    return tiers(plan, _Fts5())


def where(plan: AssetPlan) -> Where:
    """Return the rows that *plan* selects."""
    if plan.root is None:
        found = Where("asset_row AS r", "r.row", joined=True)
    else:
        found = matching(expressions(plan)[-1])
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


def _term(columns: tuple[str, ...], by_sound: bool, term: Term, wanted: bool) -> str:
    within = columns if wanted else TEXTS
    found = f"{{{' '.join(within)}}} : ({fulltext.words(term.text)})"
    sound = pinyin.sound_of(term.text) if by_sound and wanted else None
    if sound is None:
        return f"({found})"
    ways = [f'"{" ".join(cut)}"{" *" if sound.open_ended else ""}' for cut in sound.cuts]
    ways.append(f'"{" ".join(marked(pinyin.initials_of(sound.initials)))}"')
    return f"(({found}) OR (pinyin : ({' OR '.join(ways)})))"
