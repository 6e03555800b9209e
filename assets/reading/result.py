"""What reading a file gives, and how the child process hands it over: one JSON file."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from core.errors import InvalidInput

Source = Literal["embedded", "office", "plain"]
PICTURE_TYPE: Final = "image/webp"
ANSWER: Final = "answer.json"
# Text of one file in UTF-8; the sum over its pages.
TEXT_BYTES: Final = 5_000_000

_PICTURE_NAME: Final = r"thumb|preview|page-[1-9][0-9]?"
_Side = Annotated[int, Field(ge=1, le=20_000)]
_Colour = Annotated[str, Field(pattern=r"^#[0-9a-f]{6}$")]


class Unreadable(InvalidInput):
    """The file cannot be read; the message says why and what to do, for its owner."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class PageText(_Strict):
    """Text of one page, slide or sheet, counted from 1; never empty, storable as it is."""

    page: Annotated[int, Field(ge=1, le=100_000)]
    source: Source
    text: Annotated[str, Field(min_length=1)]


class Facts(_Strict):
    """What a file technically is. What is not known is left out.

    *pages* counts pages, slides or sheets. *width* and *height* are pixels, upright. *colours* are
    the dominant ones, the largest first. *text_truncated*: there is more text than was taken.
    """

    pages: Annotated[int, Field(ge=0, le=100_000_000)] | None = None
    width: Annotated[int, Field(ge=1)] | None = None
    height: Annotated[int, Field(ge=1)] | None = None
    orientation: Literal["landscape", "portrait", "square"] | None = None
    colours: Annotated[list[_Colour], Field(max_length=5)] | None = None
    color_space: Literal["RGB", "CMYK", "gray", "other"] | None = None
    animated: bool | None = None
    fonts: Annotated[list[Annotated[str, Field(max_length=200)]], Field(max_length=20)] | None = (
        None
    )
    text_truncated: bool | None = None

    def as_json(self) -> dict[str, Any]:
        """Return what is known, as it is stored with the version."""
        return self.model_dump(exclude_none=True)


class DrawnPicture(_Strict):
    """A picture in the folder of the child; the file is the name with ``.webp``."""

    name: Annotated[str, Field(pattern=f"^(?:{_PICTURE_NAME})$")]
    width: _Side
    height: _Side


class Answer(_Strict):
    """What the child found, or in *unreadable* the sentence why it found nothing."""

    pages: list[PageText] = []
    facts: Facts = Facts()
    pictures: Annotated[list[DrawnPicture], Field(max_length=50)] = []
    unreadable: Annotated[str, Field(max_length=500)] | None = None


@dataclass(frozen=True)
class Picture:
    """A picture made from the file; sizes in pixels."""

    name: str
    path: Path
    media_type: str
    width: int
    height: int


@dataclass(frozen=True)
class Reading:
    """All that was read from a file. *pages* ascend; *facts* are a ``Facts`` as JSON."""

    pages: tuple[PageText, ...]
    facts: dict[str, Any]
    pictures: tuple[Picture, ...]


def orientation(width: float, height: float) -> Literal["landscape", "portrait", "square"]:
    """Name the shape of a page or picture."""
    if width == height:
        return "square"
    return "landscape" if width > height else "portrait"
