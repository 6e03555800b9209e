"""Font files: the names of what is in them."""

from pathlib import Path

from PIL import ImageFont

from assets.reading.cleaning import clean
from assets.reading.gathering import Gathered


def read_font(path: Path, _media_type: str, found: Gathered) -> None:
    """Gather the name of the font (of a collection, its first) if it is one that we know."""
    try:
        family, style = ImageFont.truetype(path, 12).getname()
    except OSError:
        return  # compressed for the web, mostly: it is a font all the same
    name = clean(f"{family or ''} {style or ''}")[:200]
    if name:
        found.facts["fonts"] = [name]
