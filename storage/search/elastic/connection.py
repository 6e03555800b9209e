"""The way to an Elasticsearch server: addresses, time-outs, retries, and failures in sentences.

Everything that the engines ask may be asked again: documents are created once by their id and
changed only at the version that was read. So whatever a node, a proxy or the network drops is
repeated, on another node where there is one.
"""

import json
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, NamedTuple
from urllib.parse import quote, urlsplit

from elastic_transport import ConnectionError as Unreachable
from elastic_transport import NodeConfig, TransportError
from elasticsearch import ApiError, ConnectionTimeout, Elasticsearch, SSLError

from core.errors import StorageError
from storage.search.elastic import failures

Json = dict[str, Any]

_PORTS: Final = {"http": 9200, "https": 443}
# Seconds before each repetition: a node that restarts or sheds load gets some time.
_PAUSES: Final = (0.1, 0.4, 1.5)
_REPEATED: Final = frozenset({429, 502, 503, 504})
# As many as a web process has threads.
_CONNECTIONS: Final = 40


@dataclass(frozen=True)
class ElasticAddress:
    """Where the server is, who we are there, and how our indices' names begin.

    *url* is ``http(s)://host[:port][/path]``, or several of one cluster with commas between.
    Either *username* and *password* or *api_key*. *ca_file* is the certificate authority of a
    server whose certificate no public one signed.
    """

    url: str
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    api_key: str | None = field(default=None, repr=False)
    ca_file: Path | None = None
    prefix: str = "shengyu"


class Answer(NamedTuple):
    """An HTTP status and the JSON that came with it."""

    status: int
    body: Any


class Connection:
    """One client, safe to share between threads; nothing is asked before the first ``send``.

    *timeout* is in seconds, as is *search_timeout*, which is for what a person waits for. Raises
    ``StorageError`` for an address that cannot be used.
    """

    def __init__(
        self,
        address: ElasticAddress,
        *,
        timeout: float = 30.0,
        search_timeout: float = 8.0,
        pauses: tuple[float, ...] = _PAUSES,
    ) -> None:
        self.prefix = address.prefix
        self._pauses = pauses
        self._where = ", ".join(_without_user(each) for each in address.url.split(","))
        self._closed = False
        try:
            nodes = [_node(each.strip(), address, timeout) for each in address.url.split(",")]
            self._nodes = len(nodes)
            basic = None if address.username is None else (address.username, address.password or "")
            self._client = Elasticsearch(
                nodes, basic_auth=basic, api_key=address.api_key, max_retries=0
            )
            # Shares its nodes with the client.
            self._quick = self._client.options(request_timeout=search_timeout)
        except (ValueError, OSError) as error:
            raise StorageError(
                f"The Elasticsearch address {self._where} cannot be used ({error}). Check "
                "SHENGYU_ELASTICSEARCH_URL (https://host:port), _USERNAME, _API_KEY and _CA_FILE."
            ) from error

    def send(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        params: Mapping[str, Any] | None = None,
        allowed: Collection[int] = (),
        awaited: bool = False,
    ) -> Answer:
        """Ask the server and return its answer; what fails is repeated a few times.

        *awaited* says that a person waits for it: *search_timeout* holds.
        *body* becomes JSON unless it is bytes already. A status over 299 raises ``StorageError``
        (``failures.Refused``) unless it is *allowed*.
        """
        if self._closed:
            raise StorageError(f"The connection to Elasticsearch at {self._where} is closed.")
        if body is not None and not isinstance(body, bytes):
            body = encode(body)
        kind = "application/x-ndjson" if path.endswith("_bulk") else "application/json"
        headers = {"accept": "application/json", "content-type": kind}
        client, waited = self._quick if awaited else self._client, 0
        for pause in (*self._pauses, None):
            try:
                found = client.perform_request(
                    method, path, params=params, headers=headers, body=body
                )
                return Answer(found.meta.status, found.body)
            except ApiError as error:
                if error.meta.status in allowed:
                    return Answer(error.meta.status, error.body)
                if pause is None or error.meta.status not in _REPEATED:
                    raise failures.refused(error, self._where) from error
            except TransportError as error:
                waited += isinstance(error, ConnectionTimeout)
                if pause is None or waited > 1 or not self._worth_repeating(error):
                    raise failures.out_of_reach(error, self._where) from error
            time.sleep(pause)
        raise AssertionError("the last try returns or raises")

    def _worth_repeating(self, error: TransportError) -> bool:
        """A certificate stays as it is; who waited for one slow node may ask one other."""
        if isinstance(error, ConnectionTimeout):
            return self._nodes > 1
        return isinstance(error, Unreachable) and not isinstance(error, SSLError)

    def close(self) -> None:
        """Close the client; sending afterwards raises ``StorageError``."""
        self._closed = True
        self._client.close()


def encode(value: object) -> bytes:
    """Return *value* as JSON in UTF-8.

    Lone surrogates, which broken pages hold, have no form in UTF-8: such a value is escaped, and
    the server keeps what it is sent.
    """
    try:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    except UnicodeEncodeError:
        return json.dumps(value, separators=(",", ":")).encode("ascii")


def segment(name: str) -> str:
    """Return *name* as one segment of a path."""
    return quote(name, safe="")


def _node(url: str, address: ElasticAddress, timeout: float) -> NodeConfig:
    parts = urlsplit(url)
    if parts.scheme not in _PORTS or not parts.hostname:
        raise ValueError("not http(s)://host:port")
    secure = parts.scheme == "https"
    return NodeConfig(
        parts.scheme,
        parts.hostname,
        parts.port or _PORTS[parts.scheme],
        path_prefix=parts.path.rstrip("/"),
        connections_per_node=_CONNECTIONS,
        request_timeout=timeout,
        # Bodies are large and repeat themselves; between machines the wire is the narrow part.
        http_compress=secure,
        ca_certs=str(address.ca_file) if secure and address.ca_file else None,
    )


def _without_user(url: str) -> str:
    parts = urlsplit(url.strip())
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
