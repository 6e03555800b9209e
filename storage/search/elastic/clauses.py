"""Translates a query tree for Elasticsearch, whatever the collection.

Users' words reach it only as the tokens of a phrase, keywords only as the hash of a term, so
nothing that a person types is ever syntax. Clauses of one kind that stand in each other are made
one: Elasticsearch refuses queries that are nested more than thirty deep.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

from storage.search.syntax import And, Field, Node, Not, Or, Term
from storage.search.tokens import phrase

Clause = dict[str, Any]
# A term and whether it is wanted (not under an odd number of minus signs) → its clause.
OfTerm = Callable[[Term, bool], Clause]
OfField = Callable[[Field], Clause]

EVERYTHING: Final[Clause] = {"match_all": {}}
NOTHING: Final[Clause] = {"match_none": {}}
# More than there are tokens that begin with one character.
_EXPANSIONS: Final = 100_000
_PARTS: Final = frozenset({"filter", "must_not", "should", "minimum_should_match"})


def expression(node: Node, of_term: OfTerm, of_field: OfField, wanted: bool = True) -> Clause:
    """Return the clause of a tree; it is meant for filters and gives no score."""
    match node:
        case Term():
            return of_term(node, wanted)
        case Field():
            return of_field(node)
        case Not(part):
            return none_of([expression(part, of_term, of_field, not wanted)])
        case Or(parts):
            return any_of(expression(part, of_term, of_field, wanted) for part in parts)
        case And(parts):
            return all_of(expression(part, of_term, of_field, wanted) for part in parts)


def words(text: str, fields: Iterable[str]) -> Clause:
    """Return the clause that finds the tokens of *text* in any of *fields*."""
    wanted = phrase(text)
    # The parser lets no such term through; another caller's finds nothing.
    if wanted is None:
        return NOTHING
    return any_of(following(each, wanted.tokens, prefix=wanted.prefix) for each in fields)


def following(field: str, tokens: Sequence[str], *, prefix: bool = False) -> Clause:
    """Return the clause of *tokens* one after the other; with *prefix* the last may go on."""
    if not prefix:
        return {"match_phrase": {field: " ".join(tokens)}}
    if len(tokens) == 1:
        return {"prefix": {field: tokens[0]}}
    return {
        "match_phrase_prefix": {field: {"query": " ".join(tokens), "max_expansions": _EXPANSIONS}}
    }


def all_of(clauses: Iterable[Clause]) -> Clause:
    """Return what all *clauses* select; everything when there are none."""
    must: list[Clause] = []
    must_not: list[Clause] = []
    choices: list[Clause] = []
    for each in clauses:
        inner = each.get("bool")
        if inner is None or not inner.keys() <= _PARTS:
            must.append(each)
            continue
        must += inner.get("filter", ())
        must_not += inner.get("must_not", ())
        if "should" in inner:
            choices.append(any_of(inner["should"]))
    if len(choices) + len(must) == 1 and not must_not:
        return (choices or must)[0]
    # One choice fits in beside what must be: the one that is nested deepest.
    choices.sort(key=_depth)
    chosen = choices.pop()["bool"] if choices else {}
    parts: Clause = {"filter": must + choices, "must_not": must_not}
    held = {kind: part for kind, part in parts.items() if part} | chosen
    return {"bool": held} if held else EVERYTHING


def any_of(clauses: Iterable[Clause]) -> Clause:
    """Return what any of *clauses* selects; nothing when there are none."""
    should: list[Clause] = []
    for each in clauses:
        inner = each.get("bool", {})
        alone = inner.keys() == {"should", "minimum_should_match"}
        should += inner["should"] if alone else [each]
    if not should:
        return NOTHING
    if len(should) == 1:
        return should[0]
    return {"bool": {"should": should, "minimum_should_match": 1}}


def none_of(clauses: Iterable[Clause]) -> Clause:
    """Return everything that none of *clauses* selects."""
    return {"bool": {"must_not": list(clauses)}}


def _depth(clause: Clause) -> int:
    parts = clause.get("bool", {})
    inner = (each for kind in ("filter", "must_not", "should") for each in parts.get(kind, ()))
    return 1 + max(map(_depth, inner), default=0)
