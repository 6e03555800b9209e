"""A wrong query as a page shows it: with the place that is wrong."""

from dataclasses import dataclass

from core.errors import QueryError


@dataclass(frozen=True)
class Fault:
    """A wrong query, split at the place that is wrong."""

    message: str
    before: str
    at: str
    after: str


def query_fault(q: str, error: QueryError) -> Fault:
    """Split *q* where *error* says."""
    at = min(error.position, len(q))
    # A fault at the very end is shown behind the last word.
    return Fault(str(error), q[:at], q[at : at + 1] or "\N{NO-BREAK SPACE}" * 2, q[at + 1 :])
