"""Cells of any format become texts, ids, counts and moments."""

import math
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any, Final

from core.errors import InvalidInput
from crawlers.counts import parse_count
from crawlers.dates import clamp, parse_date
from crawlers.plain_text import html_to_text, looks_like_html, without_control

MAX_TEXT: Final = 100_000
_LONGEST_ID: Final = 512
_LONGEST_URL: Final = 4096
_LONGEST_NAME: Final = 200
# What programs write where they have nothing.
_NOTHING: Final = frozenset({"", "none", "null", "nan", "nat", "undefined", "n/a", "-", "--"})
# Spreadsheets keep 15 digits of a number: https://support.microsoft.com/topic/78364
_EXACT: Final = 10**15
_SCIENTIFIC: Final = re.compile(r"\d(?:\.\d+)?[eE]\+?\d{2}")
_ADDRESS: Final = re.compile(r"https?://[^\s\"'<>，。]+")
_NUMBER: Final = re.compile(r"\d{9,13}(?:\.\d+)?")
# Numbers from here on can only be milliseconds: as seconds they would lie past the year 5000.
_MILLISECONDS_FROM: Final = 10**11
_LARGEST_COUNT: Final = 2**53


def blank(cell: Any) -> bool:
    """Say whether *cell* holds nothing, also as ``None`` or ``nan`` written out."""
    if cell is None:
        return True
    if isinstance(cell, str):
        return len(cell) < 12 and cell.strip().lower() in _NOTHING
    return isinstance(cell, float) and math.isnan(cell)


def text_of(cell: Any, field: str, limit: int = MAX_TEXT) -> str:
    """Return the readable text of a cell, without markup. Raises ``InvalidInput`` over *limit*."""
    if cell is None or (isinstance(cell, float) and math.isnan(cell)):
        return ""
    text = cell if isinstance(cell, str) else _plain(cell)
    if len(text) > limit:
        raise InvalidInput(f"{field} 有 {len(text)} 个字符，上限是 {limit}。", field=field)
    if looks_like_html(text):
        return html_to_text(text)
    return without_control(text).strip()


def name_of(cell: Any) -> str:
    """Return a person's or platform's name: one line; blank where nothing is told."""
    if blank(cell):
        return ""
    return without_control(_plain(cell))[:_LONGEST_NAME].replace("\n", " ").strip()


@dataclass(frozen=True)
class NativeId:
    """An id; *lost* where a spreadsheet has rounded its last digits away, so that it names none."""

    text: str
    lost: bool = False


def id_of(cell: Any) -> NativeId:
    """Return the id in a cell; its text is empty where there is none."""
    if blank(cell) or isinstance(cell, (bool, list, dict)):
        return NativeId("")
    if isinstance(cell, int):
        return NativeId(str(cell), lost=cell >= _EXACT and _rounded(cell))
    if isinstance(cell, float):
        if abs(cell) >= _EXACT:
            return NativeId(repr(cell), lost=True)
        return NativeId(str(int(cell)) if cell.is_integer() else repr(cell))
    text = without_control(_plain(cell)).strip().lstrip("'")
    if len(text) > _LONGEST_ID:
        raise InvalidInput(f"编号有 {len(text)} 个字符，上限是 {_LONGEST_ID}。", field="native_id")
    return NativeId(text, lost=_SCIENTIFIC.fullmatch(text) is not None)


def _rounded(number: int) -> bool:
    zeros = max(0, len(str(number)) - 15)
    return zeros > 0 and str(number).endswith("0" * zeros)


def url_of(cell: Any) -> str | None:
    """Return the address in a cell (bare, or within a HYPERLINK formula), or None."""
    if not isinstance(cell, str) or len(cell) > 4 * _LONGEST_URL:
        return None
    text = without_control(cell).strip()
    if text.startswith("//"):
        text = f"https:{text}"
    found = _ADDRESS.search(text)
    return found.group() if found and len(found.group()) <= _LONGEST_URL else None


def count_of(cell: Any) -> int | None:
    """Return a count: ``1.5万``, ``28k``, ``12.0``; None where none is told."""
    if blank(cell) or isinstance(cell, (bool, list, dict)):
        return None
    if isinstance(cell, str):
        text = cell.strip()[:40]
        cell = int(text) if text.isascii() and text.isdigit() else parse_count(text)
        if cell is None or text.startswith("-"):
            return None
    if not isinstance(cell, (int, float)) or not 0 <= cell < _LARGEST_COUNT:
        return None
    return round(cell)


def moment_of(
    cell: Any, *, seen_at: datetime, now: datetime, zone: tzinfo, late_s: float = 0.0
) -> datetime | None:
    """Return the moment in a cell, aware UTC, not after *now*; None where none is told.

    Seconds or milliseconds since 1970, a spreadsheet's date, or any form that pages write; a time
    without an offset is taken in *zone*, ``3小时前`` from *seen_at*. *late_s* is taken off.
    """
    if blank(cell) or isinstance(cell, (bool, list, dict)):
        return None
    if isinstance(cell, str) and not _NUMBER.fullmatch(cell.strip()):
        moment = parse_date(cell, seen_at, zone)
    elif isinstance(cell, date):
        moment = cell if isinstance(cell, datetime) else datetime(cell.year, cell.month, cell.day)  # noqa: DTZ001
    else:
        moment = _unix(float(cell))
    return clamp(moment - timedelta(seconds=late_s), now, zone) if moment else None


def _unix(number: float) -> datetime | None:
    try:
        return datetime.fromtimestamp(number / (1000 if number >= _MILLISECONDS_FROM else 1), UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _plain(cell: Any) -> str:
    if isinstance(cell, str):
        return cell
    if isinstance(cell, datetime):
        return cell.isoformat(" ")
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < _EXACT:
        return str(int(cell))
    return str(cell) if isinstance(cell, (int, float)) else ""
