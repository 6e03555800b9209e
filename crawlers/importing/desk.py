"""What an import works with: where records and batches go, whose clock and names it uses."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, tzinfo
from pathlib import Path

from core.clock import Clock
from core.ids import Ids
from crawlers.importing.context import Context
from crawlers.spool import Spool
from storage.records import Records


@dataclass(frozen=True)
class ImportDesk:
    """*scratch* is a folder for files that live as long as one import."""

    records: Records
    spool: Spool
    clock: Clock
    ids: Ids
    zone: tzinfo
    mask: Callable[[str], str | None]
    scratch: Path

    def context(self, began_at: datetime) -> Context:
        """Return what the rows of an import that began at *began_at* are read with."""
        return Context(began_at, self.zone, self.mask)
