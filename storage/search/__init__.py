"""Search over mentions: one interface, and the engines behind it."""

from storage.search.embedded import EmbeddedMentionIndex
from storage.search.interface import (
    Facets,
    Filters,
    HistogramBucket,
    HistogramRequest,
    Hit,
    MentionIndex,
    SearchPage,
    SearchRequest,
    Selection,
)
from storage.search.query import Query, parse

__all__ = [
    "EmbeddedMentionIndex",
    "Facets",
    "Filters",
    "HistogramBucket",
    "HistogramRequest",
    "Hit",
    "MentionIndex",
    "Query",
    "SearchPage",
    "SearchRequest",
    "Selection",
    "parse",
]
