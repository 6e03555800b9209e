"""Many writes in few requests."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from core.errors import StorageError
from storage.search.elastic import failures
from storage.search.elastic.connection import Connection, Json, encode

CONFLICT: Final = 409
MISSING: Final = 404
# Of one request. Servers take 100 MB, but a node that is short of memory refuses less.
_BYTES: Final = 5_000_000
_LINES: Final = 1_000
# What one shard could not take while others could.
_REPEATED: Final = frozenset({429, 503})
_PAUSES: Final = (0.2, 1.0, 3.0)
# Shorter than the connection's own time-out, so that the server is the one to say what it lacks.
_TIMEOUT: Final = "20s"
_FILTER: Final = "items.*.status,items.*.error.type,items.*.error.reason"


@dataclass(frozen=True, slots=True)
class Write:
    """One line of a bulk request: an action with its target and, unless it deletes, a document."""

    action: str
    index: str
    key: str
    document: Json | None = None
    version: tuple[int, int] | None = None  # _seq_no and _primary_term that must still hold
    alias: bool = False  # *index* must be one: else a missing one would be made by the way

    def encoded(self) -> bytes:
        """Return the lines of the request's body."""
        target: Json = {"_index": self.index, "_id": self.key}
        if self.alias:
            target["require_alias"] = True
        if self.version is not None:
            target["if_seq_no"], target["if_primary_term"] = self.version
        lines = encode({self.action: target}) + b"\n"
        return lines if self.document is None else lines + encode(self.document) + b"\n"


def write(connection: Connection, writes: Sequence[Write], *, refresh: bool = False) -> list[int]:
    """Do *writes* and return the HTTP status of each: done, ``CONFLICT`` or ``MISSING``.

    With *refresh* searches see them when this returns. Any other status raises ``StorageError``;
    some of the others may have been done then.
    """
    found: list[int] = []
    for part in _parts(writes):
        found += _send(connection, part, refresh=refresh)
    return found


def _send(connection: Connection, part: Sequence[bytes], *, refresh: bool) -> list[int]:
    statuses: list[int] = [0] * len(part)
    waiting = list(range(len(part)))
    for pause in (*_PAUSES, None):
        answer = connection.send(
            "POST",
            "/_bulk",
            b"".join(part[at] for at in waiting),
            params={
                "filter_path": _FILTER,
                "timeout": _TIMEOUT,
                "refresh": "true" if refresh else "false",
            },
        ).body
        again: list[int] = []
        for at, item in zip(waiting, answer["items"], strict=True):
            ((_, result),) = item.items()
            statuses[at] = int(result["status"])
            if statuses[at] in _REPEATED and pause is not None:
                again.append(at)
            elif statuses[at] >= 300 and statuses[at] not in {CONFLICT, MISSING}:
                raise _refusal(statuses[at], result.get("error", {}))
        if not again or pause is None:
            return statuses
        waiting = again
        time.sleep(pause)
    raise AssertionError("the last round returns or raises")


def _parts(writes: Sequence[Write]) -> Iterator[list[bytes]]:
    part: list[bytes] = []
    size = 0
    for each in writes:
        lines = each.encoded()
        if part and (size + len(lines) > _BYTES or len(part) >= _LINES):
            yield part
            part, size = [], 0
        part.append(lines)
        size += len(lines)
    if part:
        yield part


def _refusal(status: int, error: dict[str, Any]) -> StorageError:
    kind, reason = str(error.get("type", "")), str(error.get("reason", ""))
    said = failures.sentence(status, kind, reason)
    return failures.Refused(f"{said} ({reason})", status, kind)
