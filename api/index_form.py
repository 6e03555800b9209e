"""Brings the index of mentions into the form of this version, or says who has to.

The embedded file is done row by row while everything goes on, so the worker simply does it. On
Elasticsearch a month takes no mentions while it is copied: when that is, a person decides.
"""

from api.wiring import Service
from core.log import logger
from storage.search import EmbeddedMentionIndex


class IndexForm:
    """The worker's loop: looks once, at the start; a version changes only with a restart."""

    def __init__(self, service: Service) -> None:
        self._index = service.index
        self._done = False

    def step(self) -> bool:
        """Rebuild or log what differs; never asks to be called again. Raises ``StorageError``."""
        if not self._done:
            self._look()
            self._done = True
        return False

    def _look(self) -> None:
        log = logger("index")
        differences = self._index.differences()
        if differences and isinstance(self._index, EmbeddedMentionIndex):
            log.info("index is of an older form, rebuilding it")
            log.info("index rebuilt", months=self._index.rebuild())
            return
        for difference in differences:
            log.error("index is of another form", difference=difference)
