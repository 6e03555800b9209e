"""``shengyu account reset-password``: for whoever runs the machine when no admin can sign in."""

from pathlib import Path

from sqlalchemy import select

from api.auth.account_admin import reset_password
from api.auth.identity import SignedIn
from api.command.opening import opened
from api.command.output import line
from api.permissions import Role
from core.errors import NotFound
from storage.records.accounts import User


def reset(env_file: Path | None, username: str) -> int:
    """Print a new one-time password, and nothing else, on stdout; sessions end.

    Raises ``NotFound`` that names the accounts there are.
    """
    with opened(env_file) as service:
        with service.records.read() as session:
            users = {user.username: user.id for user in session.scalars(select(User))}
        if username not in users:
            raise NotFound(f"没有账号 {username}。现有账号：{'、'.join(sorted(users))}。")
        operator = SignedIn(id=None, name="命令行", role=Role.ADMIN, csrf_token=None)
        line(reset_password(service.records, users[username], operator, service.clock))
    return 0
