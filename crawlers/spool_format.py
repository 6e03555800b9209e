"""The lines of a spool file: the head with its schema and count, then a mention a line."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from typing import Any

from core.clock import parse_iso
from core.errors import StorageError
from crawlers.raw import SCHEMA_VERSION, Batch, BatchHead, RawMention
from storage.mentions import Engagement


class PoisonBatch(StorageError):
    """A spool file that cannot be read and never will be; it is set aside, not retried."""


def dump(batch: Batch) -> Iterator[bytes]:
    """Yield the lines of *batch*, each with its line feed, UTF-8."""
    yield _line(asdict(batch.head) | {"count": len(batch.mentions)})
    for mention in batch.mentions:
        yield _line(asdict(mention))


def load(content: bytes) -> Batch:
    """Read what ``dump`` wrote. Raises ``PoisonBatch`` with the reason."""
    try:
        # Only at line feeds: splitlines() also splits at U+2028, U+0085 and more, which texts hold.
        lines = [json.loads(line) for line in content.decode("utf-8").split("\n") if line]
        head = lines[0]
        if head["schema"] != SCHEMA_VERSION:
            raise PoisonBatch(f"schema {head['schema']} is not {SCHEMA_VERSION}")
        if head.pop("count") != len(lines) - 1:
            raise PoisonBatch("the file does not hold as many mentions as its head says")
        return Batch(_head(head), tuple(_mention(line) for line in lines[1:]))
    except (ValueError, KeyError, IndexError, TypeError, AttributeError) as error:
        raise PoisonBatch(f"not a spool file: {type(error).__name__}: {error}") from error


def _line(record: dict[str, Any]) -> bytes:
    text = json.dumps(record, ensure_ascii=False, separators=(",", ":"), default=_moment)
    return text.encode("utf-8", "replace") + b"\n"


def _moment(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no place in a spool file")


def _head(record: dict[str, Any]) -> BatchHead:
    invalid = tuple((int(line), str(reason)) for line, reason in record.pop("invalid"))
    fetched_at = parse_iso(record.pop("fetched_at"))
    # Files from before pages were counted have no such field.
    visited = tuple(str(key) for key in record.pop("visited", ()))
    return BatchHead(**record, invalid=invalid, fetched_at=fetched_at, visited=visited)


def _mention(record: dict[str, Any]) -> RawMention:
    published_at = record.pop("published_at")
    return RawMention(
        **{name: value for name, value in record.items() if name not in _CONVERTED},
        detected_at=parse_iso(record["detected_at"]),
        published_at=parse_iso(published_at) if published_at else None,
        engagement=Engagement(**record["engagement"]),
    )


_CONVERTED = frozenset({"detected_at", "engagement"})
