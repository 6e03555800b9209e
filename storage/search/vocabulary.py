"""The words by which people name a collection's fields and their values, from a data file."""

import json
from functools import cached_property
from importlib.resources import files
from typing import Any, Final

from core.folding import fold


class Vocabulary:
    """The words of ``data/words.json`` in *package*, in any spelling."""

    def __init__(self, package: str) -> None:
        self._package = package

    def field_named(self, word: str) -> str | None:
        """Return the field that *word* means, ``before`` and ``after`` included."""
        return self._fields.get(fold(word))

    def field_names(self) -> list[str]:
        """Return the names of all fields."""
        return list(self._words["fields"])

    def example(self, name: str) -> str:
        """Return a condition on the field, for messages."""
        return str(self._words["examples"][name])

    def meant(self, name: str, word: str) -> str:
        """Return the stored value that *word* means for field *name*: itself, if no alias.

        It is folded, except where a field's values are ids.
        """
        if name in self._words["exact"]:
            return word
        word = fold(word)
        return self._values.get((name, word), word)

    def allowed(self, name: str) -> dict[str, list[str]] | None:
        """Return value → other words of a field that takes no others; None for an open one."""
        values: dict[str, list[str]] = self._words["values"].get(name, {})
        return values if name in self._words["closed"] else None

    @cached_property
    def _words(self) -> dict[str, Any]:
        text = files(self._package).joinpath("data/words.json").read_text(encoding="utf-8")
        words: dict[str, Any] = json.loads(text)
        return words

    @cached_property
    def _fields(self) -> dict[str, str]:
        return {fold(word): name for name, words in self._words["fields"].items() for word in words}

    @cached_property
    def _values(self) -> dict[tuple[str, str], str]:
        return {
            (name, fold(word)): value
            for name, values in self._words["values"].items()
            for value, words in values.items()
            for word in words
        }


MENTIONS: Final = Vocabulary("storage.search")
ASSETS: Final = Vocabulary("storage.search.assets")
