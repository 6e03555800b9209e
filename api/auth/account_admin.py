"""Looking after accounts: add, change, give a one-time password, disable. Each step is audited.

Whoever acts is never able to lock themselves or everybody out: nobody disables or demotes
themselves, and one admin who can sign in always stays.
"""

from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from api.auth.account_rules import Person, checked_username, demand_free_names
from api.auth.identity import SignedIn
from api.auth.passwords import hash_password, one_time_password
from api.permissions import Role
from core.clock import Clock
from core.errors import InvalidInput, NotFound
from core.ids import Ids
from storage.records import Records
from storage.records.accounts import User, WebSession
from storage.records.audit import audit

# A stored hash that no password fits, as the sample's people have.
NO_PASSWORD = "!"  # noqa: S105


def add_account(
    records: Records, username: str, person: Person, actor: SignedIn, clock: Clock, ids: Ids
) -> tuple[str, str]:
    """Add an account; return its id and the one-time password, which is kept nowhere.

    Raises ``InvalidInput`` that names the field; a name that is taken is one.
    """
    name, given = checked_username(username), person.checked()
    password = one_time_password()
    hashed = hash_password(password)
    now = clock.now()
    with records.write() as session:
        demand_free_names(session, name, given.display_name)
        user = User(
            id=ids.new("user"),
            username=name,
            display_name=given.display_name,
            role=given.role,
            email=given.email or None,
            password_hash=hashed,
            must_change_password=True,
            created_at=now,
        )
        session.add(user)
        detail = {"username": name, "display_name": given.display_name, "role": given.role}
        audit(session, now, actor.name, "add", "account", user.id, **detail)
        return user.id, password


def edit_account(
    records: Records, user_id: str, person: Person, actor: SignedIn, clock: Clock
) -> None:
    """Change name, role and address; the new role counts from the next request on.

    Raises ``NotFound`` or ``InvalidInput``.
    """
    given = person.checked()
    with records.write() as session:
        user = _user(session, user_id)
        demand_free_names(session, user.username, given.display_name, user_id)
        if given.role != user.role:
            if user_id == actor.id:
                raise InvalidInput("自己的角色要请另一位管理员来改。", field="role")
            _demand_other_admin(session, user, "role")
        new: dict[str, Any] = {
            "display_name": given.display_name,
            "role": given.role,
            "email": given.email or None,
        }
        changed = {
            name: [getattr(user, name), value]
            for name, value in new.items()
            if getattr(user, name) != value
        }
        for name, value in new.items():
            setattr(user, name, value)
        if changed:
            audit(session, clock.now(), actor.name, "edit", "account", user_id, **changed)


def reset_password(records: Records, user_id: str, actor: SignedIn, clock: Clock) -> str:
    """Return a new one-time password; the old one and every session of the person end.

    The sample's people become able to sign in by this. Raises ``NotFound`` or ``InvalidInput``.
    """
    if user_id == actor.id:
        raise InvalidInput("自己的密码请在 /password 修改，不用重置。")
    password = one_time_password()
    hashed = hash_password(password)
    with records.write() as session:
        user = _user(session, user_id)
        user.password_hash = hashed
        user.must_change_password = True
        _end_sessions(session, user_id)
        audit(session, clock.now(), actor.name, "reset_password", "account", user_id)
    return password


def set_disabled(
    records: Records, user_id: str, disabled: bool, actor: SignedIn, clock: Clock
) -> None:
    """Shut an account, which ends its sessions at once, or open it again.

    Raises ``NotFound``, and ``InvalidInput`` for oneself and for the last admin.
    """
    with records.write() as session:
        user = _user(session, user_id)
        if disabled == (user.disabled_at is not None):
            return
        if disabled:
            if user_id == actor.id:
                raise InvalidInput("不能停用自己的账号，请另一位管理员来做。")
            _demand_other_admin(session, user)
            _end_sessions(session, user_id)
        user.disabled_at = clock.now() if disabled else None
        what = "disable" if disabled else "enable"
        audit(session, clock.now(), actor.name, what, "account", user_id)


def _user(session: Session, user_id: str) -> User:
    user = session.get(User, user_id, with_for_update=True)
    if user is None:
        raise NotFound("没有这个账号，请回到账号列表。")
    return user


def _demand_other_admin(session: Session, user: User, field: str | None = None) -> None:
    """Raise ``InvalidInput`` when *user* is the only admin who can sign in."""
    if user.role != Role.ADMIN or user.disabled_at is not None:
        return
    others = session.scalar(
        select(func.count())
        .select_from(User)
        .where(
            User.id != user.id,
            User.role == Role.ADMIN,
            User.disabled_at.is_(None),
            User.password_hash != NO_PASSWORD,
        )
    )
    if not others:
        raise InvalidInput("这是最后一位管理员。请先让另一个人成为管理员。", field=field)


def _end_sessions(session: Session, user_id: str) -> None:
    session.execute(delete(WebSession).where(WebSession.user_id == user_id))
