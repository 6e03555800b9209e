"""Tells what is being done; stdout belongs to what a command answers."""

import sys


def tell(sentence: str) -> None:
    """Write *sentence* to stderr."""
    print(sentence, file=sys.stderr, flush=True)
