"""Holds a data folder so that no process of the service runs on it or starts on it."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from api.command.serve import web_lock
from api.worker import worker_lock
from core.errors import Busy
from core.locks import FileLock
from core.settings import Settings
from core.workspace import Workspace

# An import that works by itself holds the worker's lock for one batch at a time.
_WAIT_S = 3.0


@contextmanager
def standstill(settings: Settings, workspace: Workspace) -> Iterator[None]:
    """Hold every lock of the service. Raises ``Busy`` with a sentence when one is taken."""
    supervisor = FileLock(
        settings.data_dir / "up.lock",
        f"Shengyu runs on the data folder {settings.data_dir}. Stop it first.",
    )
    with ExitStack() as held:
        held.enter_context(supervisor)
        held.enter_context(web_lock(settings))
        held.enter_context(worker_lock(workspace).within(_WAIT_S))
        yield


@contextmanager
def standstill_if_stopped(settings: Settings, workspace: Workspace) -> Iterator[bool]:
    """Hold the locks when nothing runs, and say whether that is so."""
    with ExitStack() as held:
        try:
            held.enter_context(standstill(settings, workspace))
        except Busy:
            yield False
        else:
            yield True
