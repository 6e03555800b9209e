"""Accounts as lists and forms show them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from api.auth.account_admin import NO_PASSWORD
from core.errors import NotFound
from storage.records.accounts import User, WebSession

# In the order of a list; "waiting" still has the one-time password, "nobody" has none.
AccountState = Literal["active", "waiting", "nobody", "disabled"]


@dataclass(frozen=True)
class AccountRow:
    """One person. Times are aware UTC; *last_sign_in* is None when no session tells it."""

    id: str
    username: str
    display_name: str
    role: str
    email: str
    state: AccountState
    is_sample: bool
    created_at: datetime
    last_sign_in: datetime | None


def account_rows(session: Session) -> list[AccountRow]:
    """Return every account: those in use first, by name."""
    rows = session.execute(_query())
    found = [_row(user, last) for user, last in rows]
    return sorted(found, key=lambda row: (row.state == "disabled", row.display_name, row.id))


def account_row(session: Session, user_id: str) -> AccountRow:
    """Return one account. Raises ``NotFound``."""
    entry = session.execute(_query().where(User.id == user_id)).first()
    if entry is None:
        raise NotFound("没有这个账号，请回到账号列表。")
    return _row(*entry)


def _query() -> Select[User, datetime | None]:
    last = (
        select(WebSession.user_id, func.max(WebSession.created_at).label("at"))
        .group_by(WebSession.user_id)
        .subquery()
    )
    return select(User, last.c.at).outerjoin(last, last.c.user_id == User.id)


def _row(user: User, last_sign_in: datetime | None) -> AccountRow:
    return AccountRow(
        id=user.id,
        username=user.username,
        display_name=user.display_name,
        role=user.role,
        email=user.email or "",
        state=_state(user),
        is_sample=user.is_sample,
        created_at=user.created_at,
        last_sign_in=last_sign_in,
    )


def _state(user: User) -> AccountState:
    if user.disabled_at is not None:
        return "disabled"
    if user.password_hash == NO_PASSWORD:
        return "nobody"
    return "waiting" if user.must_change_password else "active"
