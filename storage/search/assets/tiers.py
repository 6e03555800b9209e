"""The order of what is found: in which columns the words of a query stand, for every engine."""

from collections.abc import Iterable
from typing import Final, Protocol, TypeVar

from storage.search.assets.columns import TEXTS
from storage.search.assets.plan import AssetPlan
from storage.search.syntax import Node, any_of

Clause = TypeVar("Clause")
_MOST_WORDS: Final = 64


class Dialect(Protocol[Clause]):
    """How an engine writes conditions."""

    def tree(self, root: Node, columns: int, *, by_sound: bool = False) -> Clause:
        """Return the condition of a tree whose wanted words stand in the first *columns* texts.

        Unwanted words may stand nowhere. *by_sound* finds wanted ones by their pinyin too.
        """
        ...

    def any_of(self, parts: Iterable[Clause]) -> Clause:
        """Return what any of *parts* selects."""
        ...

    def all_of(self, parts: Iterable[Clause]) -> Clause:
        """Return what all *parts* select."""
        ...


def tiers(plan: AssetPlan, write: Dialect[Clause]) -> list[Clause]:
    """Return the conditions of the tiers of *plan*, the best first; each holds those before it.

    All words in the title; in title or tags; in those or the description; anywhere, one of them in
    title or tags; anywhere; some found by pinyin alone. Without words to find there is one tier,
    and with very many: each tier asks for all of them again, which servers refuse at some length.
    """
    assert plan.root is not None
    anywhere = write.tree(plan.root, len(TEXTS))
    if not 0 < len(plan.terms) <= _MOST_WORDS:
        return [anywhere]
    found = [write.tree(plan.root, columns) for columns in (1, 2, 3)]
    if len(plan.terms) > 1:
        some = any_of([*plan.terms])
        assert some is not None
        found.append(write.all_of([anywhere, write.any_of([found[-1], write.tree(some, 2)])]))
    sounding = write.tree(plan.root, len(TEXTS), by_sound=True)
    return [*found, anywhere] if sounding == anywhere else [*found, anywhere, sounding]
