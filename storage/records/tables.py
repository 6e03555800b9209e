"""Every table, so that the migrations and a fresh reader see them all."""

from storage.records.accounts import ApiToken, AuditEvent, SignInAttempt, User, WebSession
from storage.records.cases import Case, CaseEvent, CaseMention, OutboxMessage, Policy
from storage.records.crawling import CrawlHost, CrawlRun, SourcePage
from storage.records.imports import ImportRecord
from storage.records.library import (
    Asset,
    AssetVersion,
    Blob,
    Decision,
    Evidence,
    IndexOutbox,
    MessageUse,
    Rendition,
    Review,
    TextLayer,
    Upload,
    UsageRight,
    WordingFinding,
)
from storage.records.marks import CalibrationFit, MarkReach, MentionMark
from storage.records.stories import Story, StoryBand, StoryMember
from storage.records.watch import BatchReceipt, Brand, Source
from storage.records.workspace import Fact

__all__ = [
    "ApiToken",
    "Asset",
    "AssetVersion",
    "AuditEvent",
    "BatchReceipt",
    "Blob",
    "Brand",
    "CalibrationFit",
    "Case",
    "CaseEvent",
    "CaseMention",
    "CrawlHost",
    "CrawlRun",
    "Decision",
    "Evidence",
    "Fact",
    "ImportRecord",
    "IndexOutbox",
    "MarkReach",
    "MentionMark",
    "MessageUse",
    "OutboxMessage",
    "Policy",
    "Rendition",
    "Review",
    "SignInAttempt",
    "Source",
    "SourcePage",
    "Story",
    "StoryBand",
    "StoryMember",
    "TextLayer",
    "Upload",
    "UsageRight",
    "User",
    "WebSession",
    "WordingFinding",
]
