"""Pages of short lists: everything is read, a page of it is given."""

import base64
import json
from collections.abc import Callable, Sequence
from typing import Annotated, Any, TypeVar

from fastapi import Query

from core.errors import InvalidInput
from core.folding import fold

T = TypeVar("T")
Limit = Annotated[int, Query(ge=1, le=200)]
Words = Annotated[str, Query(max_length=200, description="Words of the name")]


def page_of(
    rows: Sequence[T],
    key: Callable[[T], tuple[str, ...]],
    form: Callable[[T], dict[str, Any]],
    limit: int,
    cursor: str | None,
) -> dict[str, Any]:
    """Return the page of *rows* after *cursor*, by their *key*, which must be unique.

    A row that comes or goes meanwhile moves no other. Raises ``InvalidInput`` for a wrong cursor.
    """
    ordered = sorted(rows, key=key)
    start = () if cursor is None else _read(cursor)
    rest = [row for row in ordered if key(row) > start]
    shown = rest[:limit]
    more = len(rest) > limit
    return {
        "items": [form(row) for row in shown],
        "next_cursor": _written(key(shown[-1])) if more else None,
        "total": len(rows),
    }


def holds(q: str, *texts: str) -> bool:
    """Say whether any of *texts* holds *q*, whatever its width, case and script."""
    return any(fold(q.strip()) in fold(text) for text in texts)


def _written(key: tuple[str, ...]) -> str:
    return base64.urlsafe_b64encode(json.dumps(key).encode()).decode().rstrip("=")


def _read(cursor: str) -> tuple[str, ...]:
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        key = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (ValueError, RecursionError) as error:
        raise InvalidInput("cursor 不对，请从第一页重新开始。", "cursor") from error
    if not isinstance(key, list) or not all(isinstance(part, str) for part in key):
        raise InvalidInput("cursor 不对，请从第一页重新开始。", "cursor")
    return tuple(key)
