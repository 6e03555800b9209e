"""What an engine read, and what its clauses weigh, as a weight of each code point of the text."""

from collections.abc import Sequence

import numpy as np

from sentiment.engines.ngram_model import Floats
from sentiment.engines.ngram_text import BLANK, Places, Reading
from storage.mentions import Contribution


def character_shares(
    text: str, reading: Reading, own: Floats, clauses: Sequence[Contribution]
) -> Floats:
    """Return a weight of each code point of *text*; those of a clause sum to the clause's weight.

    *reading* is of *text* alone, *own* (of the length of ``reading.codes``) what each of its
    entries adds by itself. Where several characters were read as one, a web address for instance,
    they share alike. What a clause weighs beyond its own entries is known no closer than that, so
    its visible characters share it alike; what lies in no clause gets nothing.
    """
    found = np.zeros(len(text))
    if not clauses:
        return found
    at = np.arange(len(text))
    starts = np.array([clause.start for clause in clauses])
    owners = np.maximum(np.searchsorted(starts, at, side="right") - 1, 0)
    inside = (at >= starts[owners]) & (at < np.array([each.end for each in clauses])[owners])
    entries = _entries(reading, at)
    # Nothing is shared over the border of a clause: that would move weight between them.
    read = inside & (entries >= 0)
    read[read] = owners[reading.places[entries[read]]] == owners[read]
    sharing = np.bincount(entries[read], minlength=len(reading.codes))
    found[read] = own[entries[read]] / sharing[entries[read]]
    read[read] = reading.codes[entries[read]] != BLANK
    return found + _rest(found, owners, inside, read, clauses)


def _entries(reading: Reading, at: Places) -> Places:
    """Return which entry of *reading* each place was read as, -1 for what stands before all."""
    return np.searchsorted(reading.places[:-1], at, side="right") - 1


def _rest(
    found: Floats,
    owners: Places,
    inside: np.ndarray,
    visible: np.ndarray,
    clauses: Sequence[Contribution],
) -> Floats:
    """Return what is missing in *found* for the weights of *clauses*, shared alike in each."""
    count = len(clauses)
    missing = np.array([clause.weight for clause in clauses])
    missing -= np.bincount(owners[inside], weights=found[inside], minlength=count)
    # A clause of invisible characters only has none that is visible.
    empty = np.bincount(owners[visible], minlength=count) == 0
    taking = visible | (inside & empty[owners])
    sharing = np.bincount(owners[taking], minlength=count)
    return np.where(taking, missing[owners] / np.maximum(sharing, 1)[owners], 0.0)
