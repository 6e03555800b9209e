"""Connections to the server: kept open, with time-outs, and broken requests sent again."""

from typing import Final

from urllib3 import PoolManager, Retry, Timeout
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

_CONNECT_S: Final = 5.0
# Time for a part to go out, and for the server's next sign of life.
_SILENCE_S: Final = 60.0
_TRIES: Final = 3
# Before the first repetition; a server that restarts gets twice as long each time.
PAUSE_S: Final = 0.2
_KEPT: Final = 32
_PASSING: Final = (500, 502, 503, 504)


class _Connection(HTTPConnection):
    """Sends large bodies: urllib3 would allow them no more time than the connecting took."""

    def connect(self) -> None:
        super().connect()
        self.sock.settimeout(_SILENCE_S)


class _SafeConnection(HTTPSConnection):
    """The same over TLS."""

    def connect(self) -> None:
        super().connect()
        self.sock.settimeout(_SILENCE_S)


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _SafePool(HTTPSConnectionPool):
    ConnectionCls = _SafeConnection


def connections(pause_s: float) -> PoolManager:
    """Return a pool that threads share; the rests between tries grow from *pause_s* on.

    A broken or refused request is sent again whatever its method: all that we send may come twice
    (objects are replaced whole), and ``Bucket.finish`` knows of a completion that came before.
    """
    made = PoolManager(
        maxsize=_KEPT,
        timeout=Timeout(connect=_CONNECT_S, read=_SILENCE_S),
        cert_reqs="CERT_REQUIRED",
        retries=Retry(
            total=_TRIES,
            redirect=False,
            allowed_methods=None,
            status_forcelist=_PASSING,
            backoff_factor=pause_s,
            raise_on_status=False,
            raise_on_redirect=False,
        ),
    )
    made.pool_classes_by_scheme = {"http": _Pool, "https": _SafePool}
    return made
