"""Accounts and tokens by REST, for admins: list, add, change, reset, disable, revoke."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query

from api.auth.account_admin import add_account, edit_account, reset_password, set_disabled
from api.auth.account_rows import AccountRow, AccountState, account_row, account_rows
from api.auth.account_rules import Person
from api.auth.identity import SignedIn
from api.auth.token_admin import issue_token, revoke_token, tokens
from api.doors import require, service
from api.permissions import Permission, Role
from api.rest.body import Body
from api.rest.paging import Limit, Words, holds, page_of
from api.wiring import Service
from core.clock import isoformat
from storage.records.accounts import ApiToken

router = APIRouter(prefix="/api/v1", tags=["accounts"])
Opened = Annotated[Service, Depends(service)]
Admin = Annotated[SignedIn, Depends(require(Permission.MANAGE_ACCOUNTS))]


class AccountBody(Body):
    """A new account."""

    username: str
    display_name: str
    role: Role
    email: str = ""


class AccountChange(Body):
    """What is to be changed; what is left out stays."""

    display_name: str | None = None
    role: Role | None = None
    email: str | None = None


class DisabledChange(Body):
    """Disable or enable."""

    disabled: bool


class TokenBody(Body):
    """A new token."""

    name: str
    role: Role


@router.get("/accounts")
def list_accounts(
    opened: Opened,
    _person: Admin,
    q: Words = "",
    role: Annotated[list[Role], Query()] = [],  # noqa: B006
    state: Annotated[list[AccountState], Query()] = [],  # noqa: B006
    limit: Limit = 20,
    cursor: str | None = None,
) -> dict[str, Any]:
    """List people by name."""
    with opened.records.read() as session:
        rows = [
            row
            for row in account_rows(session)
            if (not role or row.role in role)
            and (not state or row.state in state)
            and holds(q, row.username, row.display_name)
        ]
    return page_of(rows, lambda row: (row.display_name, row.id), account_form, limit, cursor)


@router.post("/accounts", status_code=201)
def post_account(opened: Opened, person: Admin, body: AccountBody) -> dict[str, Any]:
    """Add a person; the one-time password is told here and never again."""
    given = Person(body.display_name, body.role, body.email)
    user_id, password = add_account(
        opened.records, body.username, given, person, opened.clock, opened.ids
    )
    return _account(opened, user_id) | {"one_time_password": password}


@router.get("/accounts/{user_id}")
def get_account(opened: Opened, _person: Admin, user_id: str) -> dict[str, Any]:
    """Return one person."""
    return _account(opened, user_id)


@router.patch("/accounts/{user_id}")
def patch_account(
    opened: Opened, person: Admin, user_id: str, body: AccountChange
) -> dict[str, Any]:
    """Change name, role or address."""
    with opened.records.read() as session:
        row = account_row(session, user_id)
    given = Person(
        row.display_name if body.display_name is None else body.display_name,
        body.role or row.role,
        row.email if body.email is None else body.email,
    )
    edit_account(opened.records, user_id, given, person, opened.clock)
    return _account(opened, user_id)


@router.post("/accounts/{user_id}/password")
def post_password(opened: Opened, person: Admin, user_id: str) -> dict[str, Any]:
    """Give a new one-time password; every session of the person ends."""
    password = reset_password(opened.records, user_id, person, opened.clock)
    return _account(opened, user_id) | {"one_time_password": password}


@router.post("/accounts/{user_id}/disabled")
def post_disabled(
    opened: Opened, person: Admin, user_id: str, body: DisabledChange
) -> dict[str, Any]:
    """Disable a person, which ends their sessions at once, or enable them again."""
    set_disabled(opened.records, user_id, body.disabled, person, opened.clock)
    return _account(opened, user_id)


@router.get("/tokens")
def list_tokens(
    opened: Opened, _person: Admin, q: Words = "", limit: Limit = 20, cursor: str | None = None
) -> dict[str, Any]:
    """List the tokens of programs by name, revoked ones too."""
    with opened.records.read() as session:
        rows = [row for row in tokens(session) if holds(q, row.name)]
    return page_of(rows, lambda row: (row.name, row.id), token_form, limit, cursor)


@router.post("/tokens", status_code=201)
def post_token(opened: Opened, person: Admin, body: TokenBody) -> dict[str, Any]:
    """Make a token for a program; it is told here and never again."""
    row, token = issue_token(opened.records, body.name, body.role, person, opened.clock, opened.ids)
    return token_form(row) | {"token": token}


@router.delete("/tokens/{token_id}")
def delete_token(opened: Opened, person: Admin, token_id: str) -> dict[str, Any]:
    """Revoke a token at once."""
    return token_form(revoke_token(opened.records, token_id, person, opened.clock))


def account_form(row: AccountRow) -> dict[str, Any]:
    """Return a person; nothing of the password."""
    return {
        "id": row.id,
        "username": row.username,
        "display_name": row.display_name,
        "role": row.role,
        "email": row.email or None,
        "state": row.state,
        "is_sample": row.is_sample,
        "created_at": isoformat(row.created_at),
        "last_sign_in": isoformat(row.last_sign_in) if row.last_sign_in else None,
    }


def token_form(row: ApiToken) -> dict[str, Any]:
    """Return a token's record; nothing of the token."""
    return {
        "id": row.id,
        "name": row.name,
        "role": row.role,
        "created_at": isoformat(row.created_at),
        "last_used_at": isoformat(row.last_used_at) if row.last_used_at else None,
        "revoked_at": isoformat(row.revoked_at) if row.revoked_at else None,
    }


def _account(opened: Service, user_id: str) -> dict[str, Any]:
    with opened.records.read() as session:
        return account_form(account_row(session, user_id))
