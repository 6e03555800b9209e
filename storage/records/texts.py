"""What a text column and a JSON column can hold on every engine."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Engine, event

REPLACEMENT = "\ufffd"
# An escaped NUL of JSON: an even number of backslashes stands before it.
_ESCAPED_NUL = re.compile(r"(?<!\\)((?:\\\\)*)\\u0000")


def storable(text: str) -> str:
    """Return *text* with U+FFFD for each NUL and each half character (lone surrogate).

    PostgreSQL's text takes no NUL, and UTF-8 has no form of a half character. Two halves that
    belong together become the character that they are.
    """
    if "\0" in text:
        text = text.replace("\0", REPLACEMENT)
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text


def json_text(value: Any) -> str:
    """Write *value* as JSON whose strings are all ``storable``.

    Raises ``ValueError`` for NaN and infinities, which JSON has not.
    """
    text = json.dumps(value, ensure_ascii=False, allow_nan=False)
    if "\\u0000" in text:
        text = _ESCAPED_NUL.sub(rf"\1{REPLACEMENT}", text)
    return storable(text)


def make_texts_storable(engine: Engine) -> None:
    """Pass every text that a statement brings to *engine* through ``storable``.

    Here and not in a column's type, so that texts which are only compared are the same too.
    """

    @event.listens_for(engine, "before_cursor_execute", retval=True)
    def _pass(
        _connection: Any, _cursor: Any, statement: str, given: Any, _context: Any, _many: bool
    ) -> tuple[str, Any]:
        # Rows that are inserted in one statement count as many and come as one: look, not ask.
        if isinstance(given, list):
            return statement, [_row(row) for row in given]
        return statement, _row(given)


def _row(row: Any) -> Any:
    if isinstance(row, Mapping):
        return {name: _value(value) for name, value in row.items()}
    assert isinstance(row, Sequence)
    return tuple(_value(value) for value in row)


def _value(value: Any) -> Any:
    return storable(value) if isinstance(value, str) else value
