"""What can go wrong with an Elasticsearch server, each as a sentence that says what to do."""

from typing import Any, Final

from elastic_transport import TransportError
from elasticsearch import ApiError, ConnectionTimeout, SSLError

from core.errors import StorageError

_NOT_READY: Final = (
    "{} is not ready: nodes or shards are missing. Look at its cluster health, and try again."
)
_TOO_OLD: Final = "{} is too old. Version 8.19 or newer is needed."
_STATUSES: Final = {
    401: "{} does not accept the user name and password or the API key. Check "
    "SHENGYU_ELASTICSEARCH_USERNAME and _PASSWORD, or _API_KEY.",
    403: "The user has not the rights on {} that are needed: monitor and "
    "manage_index_templates on the cluster, all on our indices.",
    406: _TOO_OLD,
    413: "{} does not take so much at once. Raise http.max_content_length there.",
    429: "{} is overloaded and refused the request. Try again later.",
    502: _NOT_READY,
    503: _NOT_READY,
    504: _NOT_READY,
}
_KINDS: Final = {
    "cluster_block_exception": "{} has blocked writing. If `shengyu reindex` is rebuilding the "
    "index, wait for its end or run it again; else see index.blocks in the index settings.",
    "media_type_header_exception": _TOO_OLD,
}


class Refused(StorageError):
    """The server answered, and said no: *status* is HTTP's, *kind* the server's error type."""

    def __init__(self, message: str, status: int, kind: str) -> None:
        super().__init__(message)
        self.status = status
        self.kind = kind


def out_of_reach(error: TransportError, where: str) -> StorageError:
    """Return the error for a server that gave no answer."""
    if isinstance(error, ConnectionTimeout):
        said = f"Elasticsearch at {where} did not answer in time. Look at its load, or try again."
    elif isinstance(error, SSLError):
        said = (
            f"The certificate of Elasticsearch at {where} is not trusted. Name its authority in "
            "SHENGYU_ELASTICSEARCH_CA_FILE, and use the host name that the certificate is for."
        )
    else:
        said = (
            f"Cannot reach Elasticsearch at {where}. Start it, or check "
            "SHENGYU_ELASTICSEARCH_URL and the network between."
        )
    return StorageError(f"{said} ({error.message})")


def refused(error: ApiError, where: str) -> Refused:
    """Return the error for an answer that is no success."""
    status = error.meta.status
    kind, reason = _cause(error.body)
    said = sentence(status, kind, reason, f"Elasticsearch at {where}")
    return Refused(f"{said} ({reason or error})", status, kind)


def sentence(status: int, kind: str, reason: str, server: str = "Elasticsearch") -> str:
    """Return what a refusal means; *kind* and *reason* are the server's words."""
    if "disk usage exceeded flood-stage" in reason:
        said = "{} is nearly out of disk and takes no more writes. Free some space there."
    else:
        said = _KINDS.get(kind) or _STATUSES.get(status, "{} refused a request.")
    return said.format(server)


def _cause(body: Any) -> tuple[str, str]:
    """The innermost type and reason that the server gave."""
    error = body.get("error") if isinstance(body, dict) else None
    if not isinstance(error, dict):
        return "", str(error or "")
    roots = error.get("root_cause") or [{}]
    deepest = error
    while isinstance(deepest.get("caused_by"), dict):
        deepest = deepest["caused_by"]
    for each in (deepest, roots[0], error):
        if each.get("type") and each.get("reason"):
            return str(each["type"]), str(each["reason"])
    return str(error.get("type", "")), str(error.get("reason", ""))
