"""What the bodies that are sent to REST share."""

from typing import Any, Final

from pydantic import BaseModel, ConfigDict, model_validator

_DEEPEST: Final = 32  # objects and lists in each other


class Body(BaseModel):
    """A JSON object with known fields only, whose texts can be stored."""

    model_config = ConfigDict(extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _storable(cls, value: Any) -> Any:
        """Refuse lone surrogates: JSON can carry them as escapes, no store can hold them.

        And what is nested so deep that whoever walks it would run out of stack.
        """
        _check(value, _DEEPEST)
        return value


def _check(value: Any, deeper: int) -> None:
    if isinstance(value, str):
        if any("\ud800" <= sign <= "\udfff" for sign in value):
            raise ValueError("a text holds half a character (a lone surrogate)")
        return
    if not isinstance(value, dict | list):
        return
    if not deeper:
        raise ValueError(f"objects and lists are nested more than {_DEEPEST} deep")
    parts = [each for pair in value.items() for each in pair] if isinstance(value, dict) else value
    for part in parts:
        _check(part, deeper - 1)
