"""Users: the first admin, signing in, changing a password."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from api.auth.identity import SignedIn
from api.auth.passwords import hash_password, one_time_password, verify_password
from api.permissions import Role
from core.clock import Clock
from core.errors import InvalidInput, NotSignedIn
from core.ids import Ids, secret_hash
from storage.records import Records
from storage.records.accounts import SignInAttempt, User, WebSession

SESSION_LIFE: Final = timedelta(days=14)
# After this many failures in a row a name waits; the wait doubles up to the longest.
_FREE_FAILURES: Final = 5
_FIRST_WAIT: Final = timedelta(seconds=15)
_LONGEST_WAIT: Final = timedelta(minutes=15)
_REMEMBERED: Final = timedelta(days=1)


# The sample's people are nobody's account.
_ANY_PERSON: Final = select(User.id).where(User.is_sample.is_(False)).limit(1)


def ensure_admin(records: Records, password: str | None, clock: Clock, ids: Ids) -> str | None:
    """Make the first user, admin, where there is none.

    Returns the one-time password to print when *password* is None and a user was made.
    """
    with records.read() as session:
        if session.scalar(_ANY_PERSON):
            return None
    printed = None if password else one_time_password()
    hashed = hash_password(password or printed or "")
    with records.write() as session:
        if session.scalar(_ANY_PERSON):
            return None
        session.add(
            User(
                id=ids.new("user"),
                username="admin",
                display_name="管理员",
                role=Role.ADMIN,
                password_hash=hashed,
                must_change_password=printed is not None,
                created_at=clock.now(),
            )
        )
    return printed


def sign_in(
    records: Records, username: str, password: str, clock: Clock, ids: Ids, *, address: str = ""
) -> tuple[str, WebSession]:
    """Check a name and password; return the cookie's value and the session.

    *address* is where the request came from; failures are counted for each name and address.

    Raises ``NotSignedIn`` with a sentence when they do not fit or too many tries failed.
    """
    now = clock.now()
    with records.read() as session:
        _refuse_while_blocked(session, _subject(username, address), now)
        user = session.scalar(select(User).where(User.username == username))
    fits = verify_password(user.password_hash if user else None, password)
    if not fits or user is None or user.disabled_at is not None:
        with records.write() as session:
            _count_failure(session, _subject(username, address), now)
        raise NotSignedIn("用户名或密码不对。")
    cookie = ids.secret()
    web_session = WebSession(
        token_hash=secret_hash(cookie),
        user_id=user.id,
        csrf_token=ids.secret(),
        created_at=now,
        expires_at=now + SESSION_LIFE,
    )
    with records.write() as session:
        _demand_same_password(session, user)
        session.execute(
            delete(SignInAttempt).where(SignInAttempt.subject == _subject(username, address))
        )
        session.execute(delete(WebSession).where(WebSession.expires_at < now))
        session.add(web_session)
    return cookie, web_session


def session_user(records: Records, cookie: str, clock: Clock) -> SignedIn | None:
    """Return who the cookie belongs to, or None when it is unknown, expired or disabled."""
    with records.read() as session:
        row = session.execute(
            select(WebSession, User)
            .join(User, User.id == WebSession.user_id)
            .where(WebSession.token_hash == secret_hash(cookie))
        ).first()
    if row is None:
        return None
    web_session, user = row
    if web_session.expires_at <= clock.now() or user.disabled_at is not None:
        return None
    return SignedIn(
        id=user.id,
        name=user.display_name,
        role=Role(user.role),
        csrf_token=web_session.csrf_token,
        must_change_password=user.must_change_password,
    )


def sign_out(records: Records, cookie: str) -> None:
    """End the session of *cookie*."""
    with records.write() as session:
        session.execute(delete(WebSession).where(WebSession.token_hash == secret_hash(cookie)))


def change_password(
    records: Records, user_id: str, current: str, new: str, keep: str | None = None
) -> None:
    """Replace a password. With *keep*, the cookie of one session, end all others of the person.

    Raises ``InvalidInput`` when *current* is wrong or *new* is too short or the same.
    """
    with records.read() as session:
        user = session.get(User, user_id)
    if user is None or not verify_password(user.password_hash, current):
        raise InvalidInput("当前密码不对。", field="current")
    if new == current:
        raise InvalidInput("新密码不能与当前密码相同。", field="password")
    hashed = hash_password(new)
    with records.write() as session:
        stored = _demand_same_password(session, user)
        stored.password_hash = hashed
        stored.must_change_password = False
        if keep is not None:
            others = WebSession.token_hash != secret_hash(keep)
            session.execute(delete(WebSession).where(WebSession.user_id == user_id, others))


def _demand_same_password(session: Session, user: User) -> User:
    """Return the stored user; hashing took a while, in which an admin may have reset or disabled.

    Raises ``NotSignedIn``: else a session, or the old password, would outlive that.
    """
    stored = session.get(User, user.id)
    if (
        stored is None
        or stored.disabled_at is not None
        or stored.password_hash != user.password_hash
    ):
        raise NotSignedIn("密码刚刚改过，请用新的密码登录。")
    return stored


def _subject(username: str, address: str) -> str:
    """What failures are counted by: a name and where it is tried from.

    By the name alone anybody could keep its owner out. Of a name of any length the start counts.
    """
    return f"{username[:200]} {address}".strip()


def _refuse_while_blocked(session: Session, subject: str, now: datetime) -> None:
    attempt = session.get(SignInAttempt, subject)
    if attempt and attempt.blocked_until and attempt.blocked_until > now:
        seconds = int((attempt.blocked_until - now).total_seconds()) + 1
        raise NotSignedIn(f"失败次数过多，请 {seconds} 秒后再试。")


def _count_failure(session: Session, subject: str, now: datetime) -> None:
    # Names that nobody tries any more are forgotten, or guesses would fill the table for ever.
    session.execute(delete(SignInAttempt).where(SignInAttempt.last_at < now - _REMEMBERED))
    attempt = session.get(SignInAttempt, subject)
    if attempt is None:
        attempt = SignInAttempt(subject=subject, failures=0, last_at=now)
        session.add(attempt)
    attempt.failures += 1
    attempt.last_at = now
    beyond = attempt.failures - _FREE_FAILURES
    if beyond >= 0:
        attempt.blocked_until = now + min(_FIRST_WAIT * 2 ** min(beyond, 16), _LONGEST_WAIT)
