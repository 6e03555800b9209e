"""A way to a server that breaks: it cuts answers short, swallows them, or refuses to answer."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from urllib.parse import urlsplit


@dataclass
class Proxy:
    """*cuts* are numbers of bytes after which the answers of coming connections end, in order.

    A connection for which there is none left is passed on whole.
    """

    url: str = ""
    cuts: list[int] = field(default_factory=list)
    opened: int = 0


@contextmanager
def proxy_to(endpoint: str, port: int = 0) -> Iterator[Proxy]:
    """Pass connections to *port*, any free one at 0, on to *endpoint*."""
    parts = urlsplit(endpoint)
    listening = socket.create_server(("127.0.0.1", port))
    proxy = Proxy(f"http://127.0.0.1:{listening.getsockname()[1]}")
    server = (str(parts.hostname), parts.port or 80)
    threading.Thread(target=_accept, args=(listening, server, proxy), daemon=True).start()
    try:
        yield proxy
    finally:
        listening.close()


def _accept(listening: socket.socket, server: tuple[str, int], proxy: Proxy) -> None:
    while True:
        try:
            caller, _ = listening.accept()
        except OSError:
            return
        proxy.opened += 1
        cut = proxy.cuts.pop(0) if proxy.cuts else None
        called = socket.create_connection(server)
        threading.Thread(target=_pass, args=(caller, called, None), daemon=True).start()
        threading.Thread(target=_pass, args=(called, caller, cut), daemon=True).start()


def _pass(source: socket.socket, target: socket.socket, cut: int | None) -> None:
    passed = 0
    with suppress(OSError):
        while piece := source.recv(65536):
            if cut is not None and passed + len(piece) >= cut:
                target.sendall(piece[: cut - passed])
                break
            target.sendall(piece)
            passed += len(piece)
    for each in (source, target):
        with suppress(OSError):
            each.shutdown(socket.SHUT_RDWR)
        each.close()
