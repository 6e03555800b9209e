"""What the bodies that are sent to REST share."""

from typing import Any

from pydantic import BaseModel, ConfigDict, model_validator


class Body(BaseModel):
    """A JSON object with known fields only, whose texts can be stored."""

    model_config = ConfigDict(extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _storable(cls, value: Any) -> Any:
        """Refuse lone surrogates: JSON can carry them as escapes, no store can hold them."""
        if not _is_text(value):
            raise ValueError("a text holds half a character (a lone surrogate)")
        return value


def _is_text(value: Any) -> bool:
    if isinstance(value, str):
        return not any("\ud800" <= sign <= "\udfff" for sign in value)
    if isinstance(value, dict):
        return all(_is_text(each) for pair in value.items() for each in pair)
    return all(map(_is_text, value)) if isinstance(value, list) else True
