"""Which reader reads what. The names are those of ``assets/data/types.json``."""

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Final, cast

from assets.reading.gathering import Gathered

Reader = Callable[[Path, str, Gathered], None]

_READERS: Final = {
    "pdf": "assets.reading.pdf:read_pdf",
    "docx": "assets.reading.office:read_docx",
    "pptx": "assets.reading.office:read_pptx",
    "xlsx": "assets.reading.sheets:read_xlsx",
    "image": "assets.reading.images:read_image",
    "svg": "assets.reading.svg:read_svg",
    "text": "assets.reading.plain:read_plain",
    "font": "assets.reading.fonts:read_font",
}
NAMES: Final = frozenset(_READERS)


def reader(name: str) -> Reader:
    """Return the reader *name*; only its own library is loaded. Raises ``KeyError``."""
    module, _, function = _READERS[name].partition(":")
    return cast(Reader, getattr(import_module(module), function))
