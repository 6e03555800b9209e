"""A claim on a version that is kept while slow work goes on."""

import time
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from storage.records import Records
from storage.records.lease import Lease, renew
from storage.records.library import AssetVersion

LEASE: Final = timedelta(minutes=4)
_RENEW_AFTER_S: Final = 60.0


@dataclass
class Hold:
    """A lease that is renewed as long as somebody asks for it."""

    records: Records
    claim: Lease
    _renewed_at: float = field(default_factory=time.monotonic)

    def keep(self, *, now: bool = False) -> None:
        """Renew the lease when a minute has passed, or *now*. Raises ``LeaseLost``."""
        if now or time.monotonic() - self._renewed_at > _RENEW_AFTER_S:
            with self.records.write() as session:
                renew(session, AssetVersion, self.claim, LEASE)
            self._renewed_at = time.monotonic()
