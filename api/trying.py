"""Tries sources by the web: a real crawl that leaves nothing, few at a time in one process."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Final

from api.trial import judge_of, unsaved_job
from api.wiring import Service
from core.errors import Busy
from crawlers.sources import SourceInput
from crawlers.trial import Trial, try_source

# A trial is a process and up to half a minute of a thread; pages must go on beside it.
AT_ONCE: Final = 2


class Trials:
    """Lets so many trials run at once in this process."""

    def __init__(self, at_once: int = AT_ONCE) -> None:
        self._places = threading.BoundedSemaphore(at_once)
        self._at_once = at_once

    @contextmanager
    def place(self) -> Iterator[None]:
        """Hold one of the places. Raises ``Busy`` when all are taken."""
        if not self._places.acquire(blocking=False):
            raise Busy(f"已有 {self._at_once} 个试采在进行，请半分钟后再试。")
        try:
            yield
        finally:
            self._places.release()


def try_given(service: Service, trials: Trials, given: SourceInput, source_id: str = "") -> Trial:
    """Crawl what *given* describes and say what would become of each item; blocks up to 35 s.

    *source_id* is that of the source that is being changed. Raises ``InvalidInput`` and ``Busy``.
    """
    job = replace(unsaved_job(service, given), source_id=source_id)
    with trials.place():
        return try_source(job, judge_of(service), service.index)
