"""A subject of the watchlist and the words by which it is known."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from sentiment.names import is_short_code
from storage.mentions import BrandRole

Kind = Literal["name", "alias", "product", "code", "person", "exclude", "context"]


@dataclass(frozen=True)
class WatchedBrand:
    """A subject of the watchlist.

    *aliases* are short names. With *context* given, an alias, and a name that is itself an
    everyday word, counts only near a context word or a clear name, product or person of the brand.
    *exclude* holds phrases inside which nothing counts.
    """

    id: str
    name: str
    role: BrandRole
    aliases: tuple[str, ...] = ()
    products: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    context: tuple[str, ...] = ()

    def words(self) -> Iterator[tuple[Kind, str]]:
        """Return every word with what it is; short product codes are a kind of their own."""
        yield "name", self.name
        yield from (("alias", word) for word in self.aliases)
        for product in self.products:
            yield ("code" if is_short_code(product) else "product"), product
        yield from (("person", word) for word in self.people)
        yield from (("exclude", word) for word in self.exclude)
        yield from (("context", word) for word in self.context)
