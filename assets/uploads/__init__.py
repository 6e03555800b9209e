"""Files on their way into the library: in parts, resumable, checked before they are kept."""

from assets.uploads.completing import complete
from assets.uploads.plan import (
    MAX_SIZE,
    PART_SIZE,
    CompletedUpload,
    PartPlan,
    UploadPlan,
)
from assets.uploads.receiving import begin, completed, status
from assets.uploads.sweeping import KEPT, Sweeper, sweep
from assets.uploads.taking import take_file

__all__ = [
    "KEPT",
    "MAX_SIZE",
    "PART_SIZE",
    "CompletedUpload",
    "PartPlan",
    "Sweeper",
    "UploadPlan",
    "begin",
    "complete",
    "completed",
    "status",
    "sweep",
    "take_file",
]
