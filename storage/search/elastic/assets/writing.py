"""What is written to Elasticsearch: newer documents over older ones, whoever else writes."""

import json
from collections.abc import Iterator, Sequence
from typing import Any, Final

from core.errors import StorageError
from storage.search.assets.interface import AssetDocument
from storage.search.elastic import failures
from storage.search.elastic.assets.documents import body
from storage.search.elastic.assets.home import Home
from storage.search.elastic.connection import encode
from storage.search.elastic.strings import kept

_CONFLICT: Final = 409
# Whoever loses a race reads again and has then most often nothing left to write.
_ROUNDS: Final = 8
# Of one request, in bytes: servers take 100 MB. A document that is larger goes alone.
_LARGE: Final = 8_000_000
_MANY: Final = 1_000

Operation = tuple[str, dict[str, Any], bytes | None]


def put_many(home: Home, documents: Sequence[AssetDocument], *, anew: bool) -> int:
    """Write each document unless one as new is held; return how many were written.

    No id comes twice. After an error some may have been written: doing it again is safe.
    """
    waiting, written = list(documents), 0
    for _ in range(_ROUNDS):
        newer = _newer(home, waiting, anew=anew)
        lost = _carry(home, [_write(each, place) for each, place in newer], (200, 201))
        written += len(newer) - len(lost)
        waiting = [each for each, _ in newer if kept(each.id) in lost]
        if not waiting:
            return written
    raise StorageError(f"Others keep writing to the search index {home.alias}. Try again.")


def delete(home: Home, ids: Sequence[str]) -> int:
    """Remove assets; return how many there were."""
    keys = [kept(each) for each in dict.fromkeys(ids)]
    absent = _carry(home, [("delete", {"_id": key}, None) for key in keys], (200,))
    return len(keys) - len(absent)


def _newer(
    home: Home, documents: Sequence[AssetDocument], *, anew: bool
) -> list[tuple[AssetDocument, dict[str, Any]]]:
    """Return those of *documents* that are to be written, and what each is to take the place of."""
    found: list[tuple[AssetDocument, dict[str, Any]]] = []
    for at in range(0, len(documents), _MANY):
        part = documents[at : at + _MANY]
        asked = {"docs": [{"_id": kept(each.id), "_source": ["revision"]} for each in part]}
        answers = home.send("POST", "_mget", asked).body["docs"]
        for document, held in zip(part, answers, strict=True):
            if "error" in held:
                raise _refusal(home, 500, held["error"])
            if not held["found"]:
                found.append((document, {}))
            elif anew or held["_source"]["revision"] < document.revision:
                place = {"if_seq_no": held["_seq_no"], "if_primary_term": held["_primary_term"]}
                found.append((document, place))
    return found


def _write(document: AssetDocument, place: dict[str, Any]) -> Operation:
    action = "index" if place else "create"
    return action, {"_id": kept(document.id), **place}, encode(body(document))


def _carry(home: Home, operations: Sequence[Operation], done: Sequence[int]) -> set[str]:
    """Send *operations*; return the ids of those that found something else than they expected."""
    lost: set[str] = set()
    for lines in _chunks(operations):
        params = {"refresh": "true", "require_alias": "true"}
        answer = home.send("POST", "_bulk", lines, params).body
        for item in answer["items"]:
            (result,) = item.values()
            if result["status"] in done:
                continue
            if result["status"] == _CONFLICT or result.get("result") == "not_found":
                lost.add(result["_id"])
                continue
            raise _refusal(home, result["status"], result.get("error", {}))
    return lost


def _chunks(operations: Sequence[Operation]) -> Iterator[bytes]:
    """Yield *operations* as bodies of bulk requests."""
    lines: list[bytes] = []
    size = 0
    for action, place, document in operations:
        one = [json.dumps({action: place}).encode(), *([document] if document is not None else [])]
        length = sum(map(len, one))
        if lines and (size + length > _LARGE or len(lines) >= 2 * _MANY):
            yield b"\n".join(lines) + b"\n"
            lines, size = [], 0
        lines += one
        size += length
    if lines:
        yield b"\n".join(lines) + b"\n"


def _refusal(home: Home, status: int, error: dict[str, Any]) -> StorageError:
    kind, reason = str(error.get("type", "")), str(error.get("reason", ""))
    if kind == "index_not_found_exception":
        return home.missing()
    return failures.Refused(f"{failures.sentence(status, kind, reason)} ({reason})", status, kind)
