"""Every table, so that the migrations and a fresh reader see them all."""

from storage.records.accounts import ApiToken, AuditEvent, SignInAttempt, User, WebSession
from storage.records.cases import Case, CaseEvent, CaseMention, OutboxMessage, Policy
from storage.records.stories import Story, StoryBand, StoryMember
from storage.records.watch import BatchReceipt, Brand, Source
from storage.records.workspace import Fact

__all__ = [
    "ApiToken",
    "AuditEvent",
    "BatchReceipt",
    "Brand",
    "Case",
    "CaseEvent",
    "CaseMention",
    "Fact",
    "OutboxMessage",
    "Policy",
    "SignInAttempt",
    "Source",
    "Story",
    "StoryBand",
    "StoryMember",
    "User",
    "WebSession",
]
