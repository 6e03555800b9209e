"""What lists and pages read of the library."""

from assets.row_shapes import (
    AssetDetail,
    AssetRow,
    DecisionRow,
    EvidenceRow,
    FindingRow,
    HistoryRow,
    ReviewRow,
    RightRow,
    UseRow,
    VersionRow,
    WaiverRow,
)

__all__ = [
    "AssetDetail",
    "AssetRow",
    "DecisionRow",
    "EvidenceRow",
    "FindingRow",
    "HistoryRow",
    "ReviewRow",
    "RightRow",
    "UseRow",
    "VersionRow",
    "WaiverRow",
]
