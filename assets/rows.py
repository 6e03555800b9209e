"""What lists and pages read of the library."""

from assets.review_rows import ReviewPage, review_list, review_row
from assets.row_detail import asset_detail
from assets.row_listing import asset_rows
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
    "ReviewPage",
    "ReviewRow",
    "RightRow",
    "UseRow",
    "VersionRow",
    "WaiverRow",
    "asset_detail",
    "asset_rows",
    "review_list",
    "review_row",
]
