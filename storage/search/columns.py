"""What the text index holds of a mention: the tokens of its columns."""

from typing import Final, NamedTuple

from storage.mentions import Mention, full_text
from storage.search.sql import tags
from storage.search.tokens import token_text

# Ends the name by which all tokens with one beginning are counted; no token holds it.
BEGINNING: Final = "*"


class Columns(NamedTuple):
    """Tokens with a space between, in the order of the table's columns."""

    title: str
    text: str
    tags: str

    def tokens(self) -> list[str]:
        """Return every token."""
        return " ".join(self).split()

    def counted(self, names: frozenset[str]) -> set[str]:
        """Return which of *names* are those of its tokens or of their first characters."""
        found = self.tokens()
        initials = {token[0] + BEGINNING for token in found}
        return {*names.intersection(found), *names.intersection(initials)}


def columns(mention: Mention) -> Columns:
    """Return the tokens of *mention*."""
    return Columns(token_text(_shown_title(mention)), token_text(mention.text), tags(mention))


def _shown_title(mention: Mention) -> str:
    """The title, unless it only repeats the text's beginning and so is not shown."""
    return "" if full_text(mention.title, mention.text) == mention.text else mention.title
