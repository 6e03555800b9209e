"""Which stores answer: asked for health and for error pages, and remembered for a moment.

The records are needed for everything. Without the index or the files most of the service works:
cases keep their clocks and their evidence, crawls wait in the spool.
"""

import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import TYPE_CHECKING, Final, Literal, TypeVar

from sqlalchemy import text

from core.errors import StorageError
from core.log import logger

if TYPE_CHECKING:
    from api.wiring import Service

StoreName = Literal["records", "index", "files"]
Answer = TypeVar("Answer")

# A supervisor's own patience is often five seconds.
_PATIENCE_S: Final = 3.0
_SILENCE_S: Final = 5.0


def away(service: "Service") -> tuple[StoreName, ...]:
    """Return the stores that do not answer within three seconds, all asked at once."""
    asked = ThreadPoolExecutor(thread_name_prefix="availability")
    try:
        answers = {asked.submit(probe): name for name, probe in _probes(service).items()}
        wait(answers, timeout=_PATIENCE_S)
        return tuple(name for answer, name in answers.items() if not _well(answer))
    finally:
        # One that hangs ends by its store's own time-out.
        asked.shutdown(wait=False)


class Silence:
    """Keeps pages from waiting, each again, for a store that did not answer a moment ago."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._until = float("-inf")

    def ask(self, question: Callable[[], Answer]) -> Answer | None:
        """Return the answer, or None where the store cannot be used or could not just now."""
        if self._monotonic() < self._until:
            return None
        try:
            return question()
        except StorageError as error:
            self._until = self._monotonic() + _SILENCE_S
            logger("pages").warning("store away", error=str(error))
            return None


def _probes(service: "Service") -> Mapping[StoreName, Callable[[], object]]:
    return {
        "records": lambda: _ask_records(service),
        "index": lambda: service.index.get(""),
        "files": lambda: service.files.list("incoming/", limit=1),
    }


def _ask_records(service: "Service") -> None:
    with service.records.read() as session:
        session.execute(text("SELECT 1"))


def _well(answer: "Future[object]") -> bool:
    if not answer.done():
        return False
    error = answer.exception()
    if error is not None and not isinstance(error, StorageError):
        raise error
    return error is None
