"""What a workbook says of itself: its sheets, which styles are dates, where its calendar begins."""

import posixpath
import re
import zipfile
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from core.errors import InvalidInput
from crawlers.importing.xlsx.xml_stream import parse

# Number formats that ECMA-376 part 1, 18.8.30 defines as dates, those of Chinese locales too.
_DATES: Final = frozenset({*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)})
_QUOTED: Final = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')
_MOST_STYLES: Final = 65_536
_MOST_SHEETS: Final = 1024
_LARGEST_SERIAL: Final = 2_958_466  # the day after 9999-12-31


@dataclass(frozen=True)
class Workbook:
    """*sheets*: name → member of the archive, in order. *date_styles*: numbers of cell styles."""

    sheets: dict[str, str]
    date_styles: frozenset[int]
    from_1904: bool

    def moment(self, serial: float) -> datetime | None:
        """Return the naive local time of a date cell; None for what is no date."""
        if not 0 < serial < _LARGEST_SERIAL:
            return None
        # Day 60 is a 29 February 1900 that never was; what lies before is one day later.
        epoch = datetime(1904, 1, 1) if self.from_1904 else datetime(1899, 12, 30)  # noqa: DTZ001
        return epoch + timedelta(seconds=round(serial * 86_400))


def read_workbook(archive: zipfile.ZipFile) -> Workbook:
    """Read the small parts of a workbook. Raises ``InvalidInput`` for what is broken."""
    targets = _targets(archive)
    sheets: dict[str, str] = {}
    from_1904 = False

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal from_1904
        if name == "workbookPr":
            from_1904 = attributes.get("date1904") in {"1", "true"}
        elif name == "sheet" and len(sheets) < _MOST_SHEETS:
            relation = next(
                (value for key, value in attributes.items() if key.endswith("\x1fid")), ""
            )
            if relation in targets:
                sheets[attributes.get("name", relation)] = targets[relation]

    _run(archive, "xl/workbook.xml", start)
    if not sheets:
        raise InvalidInput("工作簿里没有工作表。")
    return Workbook(sheets, _date_styles(archive), from_1904)


def _targets(archive: zipfile.ZipFile) -> dict[str, str]:
    targets: dict[str, str] = {}

    def start(name: str, attributes: dict[str, str]) -> None:
        if name == "Relationship" and attributes.get("Type", "").endswith("/worksheet"):
            target = attributes.get("Target", "")
            path = target.lstrip("/") if target.startswith("/") else posixpath.join("xl", target)
            targets[attributes.get("Id", "")] = posixpath.normpath(path)

    _run(archive, "xl/_rels/workbook.xml.rels", start)
    return targets


def _date_styles(archive: zipfile.ZipFile) -> frozenset[int]:
    if "xl/styles.xml" not in archive.namelist():
        return frozenset()
    custom: set[int] = set()
    formats: list[int] = []
    inside = False

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal inside
        if name == "numFmt" and _is_date(attributes.get("formatCode", "")):
            custom.add(_number(attributes.get("numFmtId")))
        elif name == "cellXfs":
            inside = True
        elif name == "xf" and inside and len(formats) < _MOST_STYLES:
            formats.append(_number(attributes.get("numFmtId")))

    def end(name: str) -> None:
        nonlocal inside
        if name == "cellXfs":
            inside = False

    for _ in parse(archive, "xl/styles.xml", start, end, lambda _text: None):
        pass
    dates = _DATES | custom
    return frozenset(position for position, number in enumerate(formats) if number in dates)


def _is_date(code: str) -> bool:
    bare = _QUOTED.sub("", code).lower()
    return any(sign in bare for sign in "ymdhs") and "general" not in bare


def _number(text: str | None) -> int:
    return int(text) if text and text.isdigit() else 0


def _run(archive: zipfile.ZipFile, member: str, start: object) -> None:
    for _ in parse(archive, member, start, lambda _name: None, lambda _text: None):  # type: ignore[arg-type]
        pass
