"""Word and PowerPoint files: all the text that a reader would see, and comments and notes.

The parts are read as they are, in a stream: text boxes, tables, headers, footers and notes are
text like any other there, and memory stays bounded.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Final
from xml.etree.ElementTree import Element

from assets.reading.gathering import Gathered
from assets.reading.package import Package, local, opened, walk
from assets.reading.result import Unreadable, orientation

# Not text that is seen: doubles for old programs, formats, what was moved away, page numbers.
_UNSEEN: Final = frozenset({"Fallback", "pPr", "rPr", "sectPr", "tblPr", "moveFrom", "fld"})
_AROUND: Final = ("header", "footer")
_APPENDED: Final = ("footnotes", "endnotes", "comments", "diagramData", "chart")
_BESIDE_SLIDE: Final = ("diagramData", "chart", "notesSlide", "comments")
_WRITTEN: Final = {"t": "", "text": "\n"}  # element → what follows its text
_BREAKS: Final = {"tab": "\t", "br": "\n", "cr": "\n", "p": "\n", "tc": "\t", "tr": "\n"}
_RENDERED, _ASKED = "\x0c", "\x0b"  # page breaks as last laid out, and as written


def read_docx(path: Path, _media_type: str, found: Gathered) -> None:
    """Gather the text by pages, as Word laid them out last. Raises ``Unreadable``."""
    with opened(path) as package:
        body = _main_part(package, "document")
        pages = _pages(package, body, found)
        around = [one.target for one in package.relations(body) if one.kind in _AROUND]
        after = [one.target for one in package.relations(body) if one.kind in _APPENDED]
        pages[0] = "\n".join([pages[0], *_once(package, around)])
        pages[-1] = "\n".join([pages[-1], *_once(package, after)])
    if len(pages) > 1:
        found.facts["pages"] = len(pages)
    for number, text in enumerate(pages, 1):
        if not found.text(number, "office", text):
            return


def read_pptx(path: Path, _media_type: str, found: Gathered) -> None:
    """Gather the text by slides, each with its notes and comments. Raises ``Unreadable``."""
    with opened(path) as package:
        main = _main_part(package, "presentation")
        slides = package.ordered(main, "sldId")
        found.facts["pages"] = len(slides)
        for size in package.elements(main, "sldSz")[:1]:
            width, height = (int(size.get(name, "0")) for name in ("cx", "cy"))
            found.facts["orientation"] = orientation(width, height)
        for number, slide in enumerate(slides, 1):
            beside = [o.target for o in package.relations(slide) if o.kind in _BESIDE_SLIDE]
            text = "\n".join([part_text(package, slide), *_once(package, beside)])
            if not found.text(number, "office", text):
                return


def part_text(package: Package, part: str, room: int | None = None) -> str:
    """Return the text of a part, at most about *room* code points."""
    with package.open(part) as stream:
        pieces: list[str] = []
        for piece in _pieces(stream_of=walk(stream)):
            pieces.append(piece)
            if room is not None:
                room -= len(piece)
                if room < 0:
                    break
        return "".join(pieces)


def _main_part(package: Package, folder: str) -> str:
    for relation in package.relations(""):
        if relation.kind == "officeDocument":
            return relation.target
    raise Unreadable(f"Office 文件里没有正文（{folder}），可能已损坏；请另存后再上传。")


def _pages(package: Package, body: str, found: Gathered) -> list[str]:
    text = part_text(package, body, found.room)
    # Word notes a page break that somebody asked for as laid out, too.
    mark = _RENDERED if _RENDERED in text else _ASKED
    other = _ASKED if mark == _RENDERED else _RENDERED
    return text.replace(other, "\n").split(mark)


def _once(package: Package, parts: list[str]) -> list[str]:
    """Return the different texts of *parts*: sections often repeat a header."""
    return list(dict.fromkeys(part_text(package, part).strip() for part in parts))


def _pieces(stream_of: Iterator[tuple[str, Element]]) -> Iterator[str]:
    unseen = 0
    for event, element in stream_of:
        name = local(element)
        if name in _UNSEEN:
            unseen += 1 if event == "start" else -1
        elif unseen:
            continue
        elif event == "start":
            if name == "lastRenderedPageBreak":
                yield _RENDERED
            elif name == "br" and any(value == "page" for value in element.attrib.values()):
                yield _ASKED
        elif name in _WRITTEN:
            yield _control_free(element.text) + _WRITTEN[name]
        elif name in _BREAKS:
            yield _BREAKS[name]


def _control_free(text: str | None) -> str:
    return (text or "").replace(_RENDERED, "").replace(_ASKED, "")
