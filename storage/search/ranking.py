"""In which order the values of a facet are told, whatever the collection and the engine."""

from collections.abc import Mapping
from typing import TypeVar

Value = TypeVar("Value", bound=str)


def most_frequent(counts: Mapping[Value, int]) -> dict[Value, int]:
    """Return *counts* without zeros: the most frequent value first, of equal ones the lesser."""
    ranked = sorted(counts.items(), key=lambda each: (-each[1], each[0]))
    return {value: count for value, count in ranked if count}
