"""In which order, and how many, the values of a facet are told, for every engine."""

from collections.abc import Mapping
from typing import Final

# A tag that one asset has is no way to divide thousands; the menu shows the most frequent.
MAX_TAGS: Final = 100


def most_frequent(counts: Mapping[str, int]) -> dict[str, int]:
    """Return *counts* with the most frequent value first, of equal ones the lesser first."""
    return dict(sorted(counts.items(), key=lambda each: (-each[1], each[0])))
