"""Office Open XML packages: parts by name, and which part belongs to which."""

import posixpath
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final
from xml.etree.ElementTree import Element

from defusedxml.ElementTree import iterparse

from assets.reading.result import Unreadable

_MOST_PARTS: Final = 20_000
# A report of a thousand pages has 30 MB of XML.
_XML_BYTES: Final = 400 << 20
_OLE: Final = bytes.fromhex("d0cf11e0")  # an encrypted package, or a file from before 2007
_BROKEN: Final = "Office 文件打不开，不完整或已损坏；请另存后再上传。"


@dataclass(frozen=True)
class Relation:
    """That a part uses another: *kind* is the last word of the relation's type, as comments."""

    id: str
    kind: str
    target: str


class Package:
    """An opened package; every part is read in a stream."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._names = set(archive.namelist())

    def __contains__(self, part: str) -> bool:
        return part in self._names

    @contextmanager
    def open(self, part: str) -> Iterator[IO[bytes]]:
        """Open *part* for reading."""
        with self._archive.open(part) as stream:
            yield stream

    def relations(self, part: str) -> list[Relation]:
        """Return what *part* uses within the package, in order."""
        folder, _, name = part.rpartition("/")
        rels = posixpath.join(folder, "_rels", f"{name}.rels")
        if rels not in self:
            return []
        found = []
        for element in self.elements(rels, "Relationship"):
            target = posixpath.normpath(posixpath.join("/", folder, element.get("Target", "")))
            relation = Relation(
                element.get("Id", ""), element.get("Type", "").rpartition("/")[2], target[1:]
            )
            if element.get("TargetMode") != "External" and relation.target in self:
                found.append(relation)
        return found

    def ordered(self, part: str, name: str) -> list[str]:
        """Return the parts that the elements *name* of *part* list by relation, in their order."""
        targets = {relation.id: relation.target for relation in self.relations(part)}
        listed: list[str] = []
        for element in self.elements(part, name):
            ids = [value for key, value in element.attrib.items() if key.endswith("}id")]
            listed.extend(targets[at] for at in ids[:1] if at in targets)
        return listed

    def elements(self, part: str, name: str) -> list[Element]:
        """Return the elements of *part* with this local name, without what is in them."""
        with self.open(part) as stream:
            return [
                Element(name, dict(element.attrib))
                for event, element in walk(stream)
                if event == "start" and local(element) == name
            ]


def walk(stream: IO[bytes]) -> Iterator[tuple[str, Element]]:
    """Yield ("start", element) and ("end", element) in bounded memory; entities are refused.

    At the end of an element its text is there but not what was in it.
    """
    open_elements: list[Element] = []
    for event, element in iterparse(stream, events=("start", "end"), forbid_dtd=True):
        if event == "start":
            open_elements.append(element)
            yield event, element
        else:
            open_elements.pop()
            yield event, element
            if open_elements:
                open_elements[-1].remove(element)


def local(element: Element) -> str:
    """Return the name of *element* without its namespace."""
    tag: str = element.tag
    return tag.rpartition("}")[2]


@contextmanager
def opened(path: Path) -> Iterator[Package]:
    """Open the package at *path*. Raises ``Unreadable`` for what is none or is a bomb."""
    try:
        with zipfile.ZipFile(path) as archive:
            _refuse_bombs(archive)
            yield Package(archive)
    except zipfile.BadZipFile as error:
        with path.open("rb") as file:
            if file.read(4) == _OLE:
                raise Unreadable(
                    "Office 文件有密码，或是 2007 年以前的旧格式；请去掉密码并另存为新格式。"
                ) from error
        raise Unreadable(_BROKEN) from error


def _refuse_bombs(archive: zipfile.ZipFile) -> None:
    parts = archive.infolist()
    # Pictures and videos within are never unpacked, so only XML counts.
    xml = sum(part.file_size for part in parts if part.filename.endswith((".xml", ".rels", ".vml")))
    if len(parts) > _MOST_PARTS or xml > _XML_BYTES:
        raise Unreadable("Office 文件解开后太大；请拆成几个文件后再上传。")
