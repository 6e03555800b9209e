"""The ``Range`` header of a request (RFC 9110, 14.2), as far as downloads need it."""

import re
from collections.abc import Mapping
from typing import Final

UNSATISFIABLE: Final = "unsatisfiable"
_ONE: Final = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})")


def wanted_range(headers: Mapping[str, str], size: int, tag: str) -> range | str | None:
    """Return the bytes asked for of an object of *size* bytes whose entity tag is *tag*.

    None for all of it: no range, one that is not understood, several, or one of another version.
    ``UNSATISFIABLE`` when the object has no such bytes.
    """
    asked = _ONE.fullmatch(headers.get("range", "").replace(" ", ""))
    if asked is None or headers.get("if-range", tag) != tag:
        return None
    first, last = asked.groups()
    if not first and not last:
        return None
    if not first:
        start, end = max(0, size - int(last)), size if int(last) else 0
    else:
        start, end = int(first), min(int(last) + 1, size) if last else size
        if last and int(last) < start:
            return None
    return range(start, end) if start < end else UNSATISFIABLE
