"""Looking after the tokens of programs: list, make, revoke. Each step is audited."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.auth.identity import SignedIn
from api.auth.tokens import add_token
from core.clock import Clock
from core.errors import NotFound
from core.ids import Ids
from storage.records import Records
from storage.records.accounts import ApiToken
from storage.records.audit import audit


def tokens(session: Session) -> Sequence[ApiToken]:
    """Return every token: those that hold first, the newest first; revoked ones stay to be seen."""
    return session.scalars(
        select(ApiToken).order_by(
            ApiToken.revoked_at.is_not(None), ApiToken.created_at.desc(), ApiToken.id
        )
    ).all()


def issue_token(
    records: Records, name: str, role: str, actor: SignedIn, clock: Clock, ids: Ids
) -> tuple[ApiToken, str]:
    """Make a token; return its record and the token itself, which cannot be shown again.

    Raises ``InvalidInput`` for an unknown role or a name that cannot be used.
    """
    with records.write() as session:
        row, token = add_token(session, name, role, clock, ids)
        audit(session, clock.now(), actor.name, "issue", "token", row.id, name=row.name, role=role)
        return row, token


def revoke_token(records: Records, token_id: str, actor: SignedIn, clock: Clock) -> ApiToken:
    """End a token at once; ending it again changes nothing. Raises ``NotFound``."""
    with records.write() as session:
        row = session.get(ApiToken, token_id, with_for_update=True)
        if row is None:
            raise NotFound("没有这个令牌，请回到账号列表。")
        if row.revoked_at is None:
            row.revoked_at = clock.now()
            audit(session, clock.now(), actor.name, "revoke", "token", row.id, name=row.name)
        return row
