"""libmagic, from the library that the wheel brings: no system package is asked for."""

import ctypes
import os
from functools import cache
from importlib import import_module
from threading import Lock
from typing import Any, Final

_loading: Final = Lock()


def magic_type(head: bytes) -> str:
    """Return what libmagic calls a file that begins with *head*, as a media type."""
    with _loading:
        reader = _reader()
    return str(reader.from_buffer(head))


@cache
def _reader() -> Any:
    environment, load = dict(os.environ), ctypes.CDLL.__init__
    try:
        # Importing it changes how libraries are found, for this process and its children.
        bundled = import_module("pylibmagic")
        magic = import_module("magic")
    finally:
        ctypes.CDLL.__init__ = load  # type: ignore[method-assign]
        for name in set(os.environ) - set(environment):
            del os.environ[name]
        os.environ.update(environment)
    return magic.Magic(mime=True, magic_file=str(bundled.data / "magic.mgc"))
