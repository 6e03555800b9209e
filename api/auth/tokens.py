"""Tokens of programs: shown once, kept as a hash."""

from datetime import timedelta
from typing import Final

from sqlalchemy import select

from api.auth.identity import SignedIn
from api.permissions import Role
from core.clock import Clock
from core.errors import InvalidInput
from core.ids import Ids, secret_hash
from storage.records import Records
from storage.records.accounts import ApiToken

PREFIX: Final = "sy_"
# The time of last use is kept this coarse, so that a busy program is no write load.
_LAST_USE_GRAIN: Final = timedelta(minutes=5)


def create_token(records: Records, name: str, role: str, clock: Clock, ids: Ids) -> str:
    """Make a token for a program and return it; it cannot be shown again.

    Raises ``InvalidInput`` for an unknown role or an empty name.
    """
    if role not in set(Role):
        raise InvalidInput(f"没有角色 {role!r}；可用：{', '.join(Role)}。", field="role")
    if not name.strip():
        raise InvalidInput("请给令牌起一个名字。", field="name")
    token = PREFIX + ids.secret()
    with records.write() as session:
        session.add(
            ApiToken(
                id=ids.new("tok"),
                name=name.strip(),
                role=role,
                token_hash=secret_hash(token),
                created_at=clock.now(),
            )
        )
    return token


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
