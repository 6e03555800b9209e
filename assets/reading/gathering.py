"""Where a reader puts what it finds, while it reads, within bounds."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from PIL import Image

from assets.reading.cleaning import clean
from assets.reading.result import TEXT_BYTES, Answer, DrawnPicture, Facts, PageText, Source

_QUALITY = 80


@dataclass
class Gathered:
    """What is known of a file so far. *folder* takes the pictures."""

    folder: Path
    pages: list[PageText] = field(default_factory=list)
    facts: dict[str, Any] = field(default_factory=dict)
    pictures: list[DrawnPicture] = field(default_factory=list)
    room: int = TEXT_BYTES

    def text(self, page: int, source: Source, text: str) -> bool:
        """Keep the text of a page as far as there is room; return False once something was cut."""
        # A character is a byte at least; what is beyond need not even be cleaned.
        kept = clean(text[: self.room + 1])
        if len(text) > self.room + 1:
            self.cut()
        size = len(kept.encode())
        if size > self.room:
            kept = clean(kept.encode()[: self.room].decode(errors="ignore"))
            self.cut()
        self.room -= min(size, self.room)
        if kept:
            self.pages.append(PageText(page=page, source=source, text=kept))
        return "text_truncated" not in self.facts

    def cut(self) -> None:
        """Note that there is more text than was taken."""
        self.facts["text_truncated"] = True

    def picture(self, name: str, image: Image.Image, widest: int, tallest: int) -> None:
        """Keep *image* (RGB or RGBA) as picture *name*, made smaller to fit; nothing else of it."""
        small = image.copy()
        small.thumbnail((widest, tallest), Image.Resampling.LANCZOS)
        # A writer takes profile and metadata from here unless told otherwise.
        small.info.clear()
        small.save(self.folder / f"{name}.webp", "WEBP", quality=_QUALITY, method=4)
        self.pictures.append(DrawnPicture(name=name, width=small.width, height=small.height))

    def answer(self) -> Answer:
        """Return all of it."""
        return Answer(pages=self.pages, facts=Facts(**self.facts), pictures=self.pictures)
