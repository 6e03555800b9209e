"""Where a person goes on after a step between: only ever within this service."""

from typing import Final

_HOME: Final = "/"


def safe_next(wanted: str | None) -> str:
    """Return *wanted* when it is a path of this service, else the first page.

    ``//host`` and ``/\\host`` lead elsewhere, and browsers drop control characters before reading.
    """
    if not wanted or not wanted.startswith("/") or wanted[1:2] in {"/", "\\"}:
        return _HOME
    if any(ord(sign) < 0x20 for sign in wanted) or wanted.startswith(("/login", "/logout")):
        return _HOME
    return wanted
