"""The types that may enter, as data: ``assets/data/types.json``."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final, cast

from assets.words import AssetKind

_FILE: Final = Path(__file__).parents[1] / "data" / "types.json"


@dataclass(frozen=True)
class FileType:
    """A type of file. *kind* is what such a file usually is in the library.

    *extensions* have no dot; *reader* is how its text and pictures are had: pdf, docx, pptx, xlsx,
    image, svg, video, audio, font, text or none. *check* names the check of its structure, *magic*
    what libmagic may call it (``text/*`` is any text).
    """

    media_type: str
    name: str
    kind: AssetKind
    extensions: tuple[str, ...]
    reader: str
    check: str
    magic: tuple[str, ...]


@dataclass(frozen=True)
class Rules:
    """All of the data. *refused_magic* is prefix → reason, in order of the file."""

    types: tuple[FileType, ...]
    refused_magic: Mapping[str, str]
    refused_extensions: frozenset[str]
    refused_sentences: Mapping[str, str]

    def by_extension(self, extension: str) -> FileType | None:
        """Return the type that files with this *extension* (lower case, no dot) must have."""
        return next((each for each in self.types if extension in each.extensions), None)


@cache
def rules() -> Rules:
    """Return the rules, read once."""
    data = json.loads(_FILE.read_text(encoding="utf-8"))
    return Rules(
        types=tuple(_file_type(each) for each in data["types"]),
        refused_magic={
            prefix: group["reason"]
            for group in data["refused_magic"]
            for prefix in group["prefixes"]
        },
        refused_extensions=frozenset(data["refused_extensions"]),
        refused_sentences=data["refused_sentences"],
    )


def file_types() -> tuple[FileType, ...]:
    """Return all types that may enter, for a page that lists them."""
    return rules().types


def type_of(media_type: str) -> FileType:
    """Return what is known of a type that ``sniff`` gave. Raises ``KeyError`` for another."""
    return {each.media_type: each for each in rules().types}[media_type]


def _file_type(data: dict[str, Any]) -> FileType:
    return FileType(
        media_type=data["media_type"],
        name=data["name"],
        kind=cast(AssetKind, data["kind"]),
        extensions=tuple(data["extensions"]),
        reader=data["reader"],
        check=data["check"],
        magic=tuple(data["magic"]),
    )
