"""Tokens of programs: shown once, kept as a hash."""

from datetime import timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.auth.identity import SignedIn
from api.permissions import Role
from core.clock import Clock
from core.errors import InvalidInput
from core.ids import Ids, secret_hash
from storage.records import Records
from storage.records.accounts import ApiToken

PREFIX: Final = "sy_"
_LONGEST_NAME: Final = 100
# The time of last use is kept this coarse, so that a busy program is no write load.
_LAST_USE_GRAIN: Final = timedelta(minutes=5)


def create_token(records: Records, name: str, role: str, clock: Clock, ids: Ids) -> str:
    """Make a token for a program and return it; it cannot be shown again.

    Raises ``InvalidInput`` for an unknown role or a name that cannot be used.
    """
    with records.write() as session:
        return add_token(session, name, role, clock, ids)[1]


def add_token(
    session: Session, name: str, role: str, clock: Clock, ids: Ids
) -> tuple[ApiToken, str]:
    """Add a token in the caller's transaction; return its record and the token itself."""
    if role not in set(Role):
        raise InvalidInput(f"没有角色 {role!r}；可用：{', '.join(Role)}。", field="role")
    called = name.strip()
    if not called or len(called) > _LONGEST_NAME or not called.isprintable():
        raise InvalidInput(f"请给令牌起一个名字，最多 {_LONGEST_NAME} 个字符。", field="name")
    token = PREFIX + ids.secret()
    row = ApiToken(
        id=ids.new("tok"),
        name=called,
        role=role,
        token_hash=secret_hash(token),
        created_at=clock.now(),
    )
    session.add(row)
    session.flush()
    return row, token


def token_user(records: Records, token: str, clock: Clock) -> SignedIn | None:
    """Return the program that *token* belongs to, or None when it is unknown or revoked."""
    with records.read() as session:
        row = session.scalar(select(ApiToken).where(ApiToken.token_hash == secret_hash(token)))
    if row is None or row.revoked_at is not None:
        return None
    now = clock.now()
    if row.last_used_at is None or now - row.last_used_at > _LAST_USE_GRAIN:
        with records.write() as session:
            stored = session.get(ApiToken, row.id)
            if stored is not None:
                stored.last_used_at = now
    return SignedIn(id=None, name=row.name, role=Role(row.role), csrf_token=None)
