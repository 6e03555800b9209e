"""Who acts on the library: a person, or a program with a token."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Actor:
    """*id* is a user's, or None for a program; *role* is a word of the permission table."""

    id: str | None
    name: str
    role: str
