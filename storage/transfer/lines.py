"""Rows and mentions as lines of JSON: one form, whatever engine they come from or go to."""

import base64
import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, DateTime, LargeBinary, Table
from sqlalchemy.types import TypeEngine

from core.clock import parse_iso
from storage.mentions import Engagement, Mention
from storage.records import UtcDateTime
from storage.search.mentions import from_document, to_document


def row_line(row: Mapping[str, Any]) -> bytes:
    """Return *row*, column → value, as a line; times with their offset, bytes in base64."""
    return _line({name: _plain(value) for name, value in row.items()})


def row_of(table: Table, line: bytes) -> dict[str, Any]:
    """Return the row that ``row_line`` wrote. Raises ``ValueError`` or ``KeyError``."""
    values = json.loads(line)
    return {name: _typed(table.c[name].type, value) for name, value in values.items()}


def mention_line(mention: Mention) -> bytes:
    """Return *mention* as a line, engagement included."""
    counts = mention.engagement
    told = [counts.likes, counts.comments, counts.shares, counts.views]
    return _line(to_document(mention) | {"engagement": told})


def mention_of(line: bytes) -> Mention:
    """Return the mention that ``mention_line`` wrote. Raises ``ValueError`` or ``KeyError``."""
    document = json.loads(line.decode("utf-8", "surrogatepass"))
    return from_document(document, Engagement(*document.pop("engagement")))


def _line(document: dict[str, Any]) -> bytes:
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    # Broken pages hold lone surrogates; a line feed inside a text is an escape.
    return text.encode("utf-8", "surrogatepass") + b"\n"


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return value


def _typed(kind: TypeEngine[Any], value: Any) -> Any:
    if value is None:
        return None
    if isinstance(kind, UtcDateTime | DateTime):
        return parse_iso(value)
    if isinstance(kind, Date):
        return date.fromisoformat(value)
    if isinstance(kind, LargeBinary):
        return base64.b64decode(value, validate=True)
    return value
