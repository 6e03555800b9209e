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
    for each in clauses:
        inner = each.get("bool", {})
        if inner.keys() <= {"filter", "must_not"} and inner:
            must += inner.get("filter", ())
            must_not += inner.get("must_not", ())
        else:
            must.append(each)
    if not must_not:
        return {"bool": {"filter": must}} if len(must) > 1 else must[0] if must else EVERYTHING
    return {"bool": {"must_not": must_not, **({"filter": must} if must else {})}}


def any_of(clauses: Iterable[Clause]) -> Clause:
    """Return what any of *clauses* selects; nothing when there are none."""
    should: list[Clause] = []
    for each in clauses:
        inner = each.get("bool", {})
        should += inner.get("should", [each])
    if not should:
        return NOTHING
    # Without must or filter beside it, a should is a must of one of them.
    return should[0] if len(should) == 1 else {"bool": {"should": should}}


def none_of(clauses: Iterable[Clause]) -> Clause:
    """Return everything that none of *clauses* selects."""
    return {"bool": {"must_not": list(clauses)}}
