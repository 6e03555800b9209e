"""Typed reading of one object of a JSON file, with errors that name the record and the field."""

from collections.abc import Mapping
from typing import TypeVar, cast

from core.errors import InvalidInput

T = TypeVar("T", bound=str)


class Record:
    """One JSON object. *label* says in errors which one it is, e.g. ``mentions[3]``.

    Every method raises ``InvalidInput`` when the field is missing or of another type.
    """

    def __init__(self, value: object, label: str) -> None:
        if not isinstance(value, dict):
            raise InvalidInput(f"{label} must be a JSON object", field=label)
        self._values = cast(Mapping[str, object], value)
        self._label = label

    def text(self, name: str) -> str:
        """Return a string that is not blank."""
        value = self._values.get(name)
        if not isinstance(value, str) or not value.strip():
            raise self._wrong(name, "a text that is not empty")
        return value

    def optional_text(self, name: str) -> str | None:
        """Return a string that is not blank, or ``None`` where the file says null."""
        return None if self._is_null(name) else self.text(name)

    def texts(self, name: str) -> tuple[str, ...]:
        """Return a list of strings, which may be empty."""
        value = self._values.get(name)
        if not isinstance(value, list) or not all(isinstance(one, str) and one for one in value):
            raise self._wrong(name, "a list of texts")
        return tuple(cast(list[str], value))

    def count(self, name: str) -> int:
        """Return a whole number from 0 up."""
        value = self._values.get(name)
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            raise self._wrong(name, "a whole number from 0 up")
        return value

    def optional_count(self, name: str) -> int | None:
        """Return a whole number from 0 up, or ``None`` where the file says null."""
        return None if self._is_null(name) else self.count(name)

    def flag(self, name: str) -> bool:
        """Return true or false."""
        value = self._values.get(name)
        if not isinstance(value, bool):
            raise self._wrong(name, "true or false")
        return value

    def choice(self, name: str, allowed: tuple[T, ...]) -> T:
        """Return the one of *allowed* that the field names."""
        value = self._values.get(name)
        for one in allowed:
            if value == one:
                return one
        raise self._wrong(name, "one of " + ", ".join(allowed))

    def rules(self, name: str) -> dict[str, str | None]:
        """Return an object whose values are texts or null."""
        value = self._values.get(name)
        if not isinstance(value, dict):
            raise self._wrong(name, "an object of texts")
        record = Record(value, f"{self._label}.{name}")
        return {key: record.optional_text(key) for key in value}

    def _is_null(self, name: str) -> bool:
        return name in self._values and self._values[name] is None

    def _wrong(self, name: str, wanted: str) -> InvalidInput:
        return InvalidInput(f"{self._label}: {name} must be {wanted}", field=name)
