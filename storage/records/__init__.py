"""The relational records: the truth for everything a person decided."""

from storage.records.base import Base, UtcDateTime
from storage.records.database import Records

__all__ = ["Base", "Records", "UtcDateTime"]
