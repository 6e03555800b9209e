"""Values and types that tests and their fixtures share."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

import httpx

START: Final = datetime(2026, 7, 1, 8, 0, tzinfo=UTC)
PASSWORD: Final = "correct-horse-battery"
MakeClient = Callable[..., httpx.Client]
AsRole = Callable[[str], httpx.Client]
