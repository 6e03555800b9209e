"""Reads documents by their ids: at once after they were written, which searches do not promise."""

import time
from collections.abc import Sequence
from typing import Any, Final

from storage.search.elastic import failures
from storage.search.elastic.connection import Connection, Json

# A shard that was just made or moved takes no reads for a moment, though it counts as started.
_NOT_YET: Final = "no_shard_available_action_exception"
_MISSING: Final = "index_not_found_exception"
_PAUSES: Final = (0.1, 0.4, 1.5)


def fetch(
    connection: Connection, targets: Sequence[tuple[str, str]], **what: Any
) -> list[Json | None]:
    """Return the document of each (index, _id), None where there is none or no such index.

    *what* is what to read of each: ``_source``, ``stored_fields``. Raises ``StorageError``.
    """
    found: list[Json | None] = [None] * len(targets)
    waiting = list(range(len(targets)))
    for pause in (*_PAUSES, None):
        if not waiting:
            break
        docs = [{"_index": targets[at][0], "_id": targets[at][1], **what} for at in waiting]
        answers = connection.send("POST", "/_mget", {"docs": docs}).body["docs"]
        again: list[int] = []
        for at, each in zip(waiting, answers, strict=True):
            kind = str(each.get("error", {}).get("type", ""))
            if kind == _NOT_YET and pause is not None:
                again.append(at)
            elif kind not in {"", _MISSING}:
                reason = str(each["error"].get("reason", ""))
                said = failures.sentence(503, kind, reason)
                raise failures.Refused(f"{said} ({reason})", 503, kind)
            else:
                found[at] = each if each.get("found") else None
        waiting = again
        if waiting and pause is not None:
            time.sleep(pause)
    return found
