"""Writes the audit trail: in the same transaction as what it tells of."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from storage.records.accounts import AuditEvent


def audit(
    session: Session,
    now: datetime,
    actor: str,
    action: str,
    record_type: str,
    record_id: str,
    **detail: Any,
) -> None:
    """Add that *actor* did *action* to a record; *detail* must be JSON."""
    session.add(
        AuditEvent(
            at=now,
            actor=actor,
            action=action,
            record_type=record_type,
            record_id=record_id,
            detail=detail,
        )
    )
