"""Records on stdout, everything else on stderr."""

import json
import sys
from collections.abc import Iterable, Iterator
from typing import Any, TypeVar

T = TypeVar("T")


def record(value: Any) -> None:
    """Write *value* as one line of JSON to stdout."""
    text = json.dumps(value, ensure_ascii=False)
    # A lone surrogate has no UTF-8 form; JSON can carry it as an escape.
    try:
        text.encode()
    except UnicodeEncodeError:
        text = json.dumps(value)
    sys.stdout.write(text + "\n")


def line(text: str) -> None:
    """Write a line for people to stdout."""
    sys.stdout.write(text + "\n")


def note(text: str) -> None:
    """Write a line to stderr."""
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


def progress(items: Iterable[T], label: str, total: int | None = None) -> Iterator[T]:
    """Yield *items* under a progress bar on stderr; silent when stderr is no terminal."""
    if not sys.stderr.isatty():
        yield from items
        return
    from rich.console import Console
    from rich.progress import track

    yield from track(items, label, total=total, console=Console(stderr=True), transient=True)
