"""Free loopback ports that stay a server's own while it is stopped."""

import random
import socket
from pathlib import Path
from typing import Final

HOST: Final = "127.0.0.1"
_LOWEST: Final = 20_000
_EPHEMERAL: Final = Path("/proc/sys/net/ipv4/ip_local_port_range")
_given: set[int] = set()


def free_port() -> int:
    """Return a port that nobody listens on and that this process has not given out.

    It lies below the ports that the system gives to clients: a client that tries to reach a
    stopped server there could be given the server's port and connect to itself.
    """
    highest = _first_ephemeral()
    for port in random.sample(range(_LOWEST, highest), highest - _LOWEST):
        if port not in _given and _is_free(port):
            _given.add(port)
            return port
    raise OSError(f"no free port between {_LOWEST} and {highest}")


def _first_ephemeral() -> int:
    try:
        first = int(_EPHEMERAL.read_text().split()[0])
    except (OSError, ValueError):
        first = 32_768
    return first if first > _LOWEST + 1_000 else 32_768


def _is_free(port: int) -> bool:
    with socket.socket() as tried:
        try:
            tried.bind((HOST, port))
        except OSError:
            return False
        return True
