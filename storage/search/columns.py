"""What the text index holds of a mention: the tokens of its columns."""

from typing import NamedTuple

from storage.mentions import Mention, full_text
from storage.search.sql import tags
from storage.search.tokens import token_text


class Columns(NamedTuple):
    """Tokens with a space between, in the order of the table's columns."""

    title: str
    text: str
    tags: str

    def tokens(self) -> list[str]:
        """Return every token."""
        return " ".join(self).split()


def columns(mention: Mention) -> Columns:
    """Return the tokens of *mention*."""
    return Columns(token_text(_shown_title(mention)), token_text(mention.text), tags(mention))


def _shown_title(mention: Mention) -> str:
    """The title, unless it only repeats the text's beginning and so is not shown."""
    return "" if full_text(mention.title, mention.text) == mention.text else mention.title
