"""Translates a query tree for FTS5, whatever the collection.

Users' words reach FTS5 only as tokens, which hold letters, digits and pictures alone, inside
quotes; keywords only as hashes. So nothing that a person types is ever syntax.
"""

import hashlib
from collections.abc import Callable
from functools import lru_cache
from typing import Final

from storage.search.syntax import And, Field, Node, Not, Or, Term
from storage.search.tokens import phrase

# A private-use character, which no token of a text contains, begins every tag.
_TAG_MARK: Final = "\ue000"
EVERY_TAG: Final = _TAG_MARK + "every"
NOTHING: Final = f'("{EVERY_TAG}" NOT "{EVERY_TAG}")'

# A term and whether it is wanted (not under an odd number of minus signs) → its expression.
OfTerm = Callable[[Term, bool], str]
# A condition → its token.
OfField = Callable[[Field], str]


def blob(value: str) -> bytes:
    """Return the stored form of a user's string: lone surrogates have no TEXT form."""
    return value.encode("utf-8", "surrogatepass")


def text_of(value: bytes) -> str:
    """Return the string that ``blob`` stored."""
    return value.decode("utf-8", "surrogatepass")


@lru_cache(maxsize=8192)
def tag(name: str, value: str) -> str:
    """Return the token of a keyword: a hash, so that no value can be mistaken for another."""
    return _TAG_MARK + hashlib.blake2b(blob(f"{name}\0{value}"), digest_size=10).hexdigest()


def words(text: str) -> str:
    """Return the expression that finds the tokens of *text* in a row."""
    wanted = phrase(text)
    # The parser lets no such term through; another caller's finds nothing.
    if wanted is None:
        return NOTHING
    return f'"{" ".join(wanted.tokens)}"{" *" if wanted.prefix else ""}'


def expression(node: Node, of_term: OfTerm, of_field: OfField, wanted: bool = True) -> str:
    """Return the FTS5 expression of a tree."""
    match node:
        case Term():
            return of_term(node, wanted)
        case Field():
            return f'"{of_field(node)}"'
        case Not(part):
            return f'("{EVERY_TAG}" NOT {expression(part, of_term, of_field, not wanted)})'
        case Or(parts):
            found = (expression(part, of_term, of_field, wanted) for part in parts)
            return f"({' OR '.join(found)})"
        case And(parts):
            return _all_of(parts, of_term, of_field, wanted)


def _all_of(parts: tuple[Node, ...], of_term: OfTerm, of_field: OfField, wanted: bool) -> str:
    """FTS5 has no lone NOT: what must not stand is taken away from what must."""
    must = [
        expression(part, of_term, of_field, wanted) for part in parts if not isinstance(part, Not)
    ]
    must_not = [
        expression(part.part, of_term, of_field, not wanted)
        for part in parts
        if isinstance(part, Not)
    ]
    held = " AND ".join(must) or f'"{EVERY_TAG}"'
    return f"(({held}) NOT ({' OR '.join(must_not)}))" if must_not else f"({held})"
