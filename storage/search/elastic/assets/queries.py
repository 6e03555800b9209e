"""Translates a plan for Elasticsearch."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any, Final

from storage.search import order
from storage.search.assets import pinyin
from storage.search.assets.columns import mark, marked
from storage.search.assets.interface import MAX_TAGS
from storage.search.assets.plan import AssetPlan
from storage.search.assets.tiers import tiers
from storage.search.elastic import clauses
from storage.search.elastic.assets.layout import EVERYWHERE, MARKS, PINYIN, TEXT, TEXTS
from storage.search.elastic.clauses import Clause
from storage.search.elastic.strings import kept
from storage.search.syntax import And, Node, Query, Term, all_of, any_of

IN_TEXT: Final = "in-text"
_FACETS: Final = ("kind", "state", "brand", "media_type")
# More than a library has of any of these; past the default limit of a cluster there is an error.
_VALUES: Final = 10_000
_ORDER: Final = [{"_count": "desc"}, {"_key": "asc"}]


class _Dialect:
    """A ``tiers.Dialect``: clauses of filters."""

    def tree(self, root: Node, columns: int, *, by_sound: bool = False) -> Clause:
        # A field holds the columns above it too, but the texts stand alone.
        return _tree(root, TEXTS[min(columns, 3) - 1 : columns], by_sound=by_sound)

    def any_of(self, parts: Iterable[Clause]) -> Clause:
        return clauses.any_of(parts)

    def all_of(self, parts: Iterable[Clause]) -> Clause:
        return clauses.all_of(parts)


def selection(plan: AssetPlan) -> Clause:
    """Return the clause of what *plan* selects, without scores."""
    words, conditions = _parted(plan)
    if words is not None:
        conditions.append(words[-1])
    return clauses.all_of(conditions)


def ranked(plan: AssetPlan) -> Clause:
    """Return the clause of what *plan* selects; the score of a hit is the number of its tiers.

    A hit whose texts hold one of the words is named ``IN_TEXT``.
    """
    words, conditions = _parted(plan)
    if words is None:
        return {"bool": {"filter": conditions or [clauses.EVERYTHING]}}
    scored: list[Clause] = [{"constant_score": {"filter": each}} for each in words]
    some = any_of([*plan.terms])
    assert some is not None
    in_text = {"bool": {"filter": [_tree(some, (TEXT,))], "_name": IN_TEXT}}
    # Nothing is added to the score by what weighs nothing.
    scored.append({"constant_score": {"filter": in_text, "boost": 0}})
    return {"bool": {"filter": [words[-1], *conditions], "should": scored}}


def aggregations() -> dict[str, Any]:
    """Return what counts the facets; ``tags`` come in their order and number."""
    counted = {name: {"terms": {"field": name, "size": _VALUES}} for name in _FACETS}
    return {**counted, "tags": {"terms": {"field": "tags", "size": MAX_TAGS, "order": _ORDER}}}


def _parted(plan: AssetPlan) -> tuple[list[Clause] | None, list[Clause]]:
    """Return the tiers of *plan*, None without words to find, and the conditions beside them.

    Conditions stand apart because they hold whatever the tier, and to keep clauses less nested.
    """
    parts = plan.root.parts if isinstance(plan.root, And) else (plan.root,) if plan.root else ()
    asked = all_of([each for each in parts if Query(each).terms])
    conditions = [_tree(each, EVERYWHERE) for each in parts if not Query(each).terms]
    conditions += _conditions(plan)
    if asked is None:
        return None, conditions
    return tiers(replace(plan, root=asked), _Dialect()), conditions


def _conditions(plan: AssetPlan) -> Iterator[Clause]:
    if plan.without:
        yield clauses.none_of([{"ids": {"values": [kept(each) for each in plan.without]}}])
    for moment, bound in ((plan.after, "gte"), (plan.before, "lt")):
        if moment is not None:
            yield {"range": {"updated": {bound: order.microseconds(moment)}}}
    for day in plan.days:
        number = day.toordinal()
        early = {"range": {"usable_from": {"gt": number}}}
        late = {"range": {"usable_until": {"lt": number}}}
        yield clauses.none_of([early, late])


def _tree(root: Node, fields: Sequence[str], *, by_sound: bool = False) -> Clause:
    def of_term(term: Term, wanted: bool) -> Clause:
        found = clauses.words(term.text, fields if wanted else EVERYWHERE)
        return clauses.any_of([found, *_sounds(term)]) if by_sound and wanted else found

    return clauses.expression(root, of_term, lambda field: {"term": {MARKS: mark(field)}})


def _sounds(term: Term) -> Iterator[Clause]:
    sound = pinyin.sound_of(term.text)
    if sound is None:
        return
    for cut in sound.cuts:
        yield clauses.following(PINYIN, cut, prefix=sound.open_ended)
    yield clauses.following(PINYIN, marked(pinyin.initials_of(sound.initials)))
