from datetime import timedelta
from typing import Any

import pytest
from argon2 import PasswordHasher, extract_parameters
from argon2.exceptions import VerifyMismatchError
from httpx import Client
from shared_values import PASSWORD
from sqlalchemy import func, select

from api.auth import passwords
from api.auth.accounts import (
    SESSION_LIFE,
    change_password,
    ensure_admin,
    session_user,
    sign_in,
    sign_out,
)
from api.auth.passwords import hash_password, one_time_password, verify_password
from api.auth.tokens import create_token, token_user
from api.doors import COOKIE
from api.wiring import Service
from core.clock import FixedClock
from core.errors import InvalidInput, NotSignedIn
from storage.records.accounts import ApiToken, User, WebSession

WRONG = "用户名或密码不对"


@pytest.fixture(autouse=True)
def _quick_hashing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Real argon2, with parameters that cost no time."""
    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(passwords, "_hasher", quick)
    monkeypatch.setattr(passwords, "_DECOY", quick.hash("decoy"))


def test_an_unknown_user_costs_as_much_as_a_wrong_password() -> None:
    hasher = PasswordHasher(time_cost=2, memory_cost=16, parallelism=2)
    decoy, stored = passwords._decoy(hasher), hasher.hash("another")
    assert extract_parameters(decoy) == extract_parameters(stored)
    with pytest.raises(VerifyMismatchError):
        hasher.verify(decoy, "another")


@pytest.fixture
def admin_user(service: Service) -> User:
    ensure_admin(service.records, PASSWORD, service.clock, service.ids)
    with service.records.read() as session:
        return session.scalars(select(User)).one()


def come_in(service: Service, username: str = "admin", password: str = PASSWORD) -> str:
    return sign_in(service.records, username, password, service.clock, service.ids)[0]


def change_user(service: Service, **values: Any) -> None:
    with service.records.write() as session:
        user = session.scalars(select(User)).one()
        for name, value in values.items():
            setattr(user, name, value)


def fail(service: Service, times: int, username: str = "admin") -> None:
    for _ in range(times):
        with pytest.raises(NotSignedIn, match=WRONG):
            come_in(service, username, "not the password")


def test_the_first_user_is_the_admin_with_the_password_that_was_set(
    service: Service, admin_user: User
) -> None:
    assert (admin_user.username, admin_user.role) == ("admin", "admin")
    assert not admin_user.must_change_password
    assert PASSWORD not in admin_user.password_hash
    assert come_in(service)


def test_a_second_start_makes_no_second_admin_and_changes_no_password(
    service: Service, admin_user: User
) -> None:
    assert ensure_admin(service.records, "another-password", service.clock, service.ids) is None
    assert come_in(service)
    with service.records.read() as session:
        assert session.scalar(select(func.count()).select_from(User)) == 1


def test_without_a_password_a_one_time_one_is_printed_that_must_be_changed(
    service: Service,
) -> None:
    printed = ensure_admin(service.records, None, service.clock, service.ids)
    assert printed is not None
    cookie = come_in(service, password=printed)
    person = session_user(service.records, cookie, service.clock)
    assert person is not None
    assert person.must_change_password
    change_password(service.records, person.id or "", printed, PASSWORD)
    person = session_user(service.records, cookie, service.clock)
    assert person is not None
    assert not person.must_change_password
    with pytest.raises(NotSignedIn):
        come_in(service, password=printed)
    assert come_in(service)


def test_with_a_one_time_password_nothing_can_be_read_by_rest(
    service: Service, admin: Client
) -> None:
    assert admin.get("/api/v1/brands").status_code == 200
    change_user(service, must_change_password=True)
    refused = admin.get("/api/v1/brands")
    assert refused.status_code == 403
    assert "/password" in refused.json()["detail"]


def test_one_time_passwords_differ_and_are_long_enough() -> None:
    passwords = {one_time_password() for _ in range(100)}
    assert len(passwords) == 100
    assert all(len(password) == 14 for password in passwords)


@pytest.mark.parametrize(
    ("username", "password"),
    [("admin", "wrong-password"), ("nobody", PASSWORD), ("", ""), ("admin", "x" * 100_000)],
)
@pytest.mark.usefixtures("admin_user")
def test_a_wrong_name_and_a_wrong_password_get_the_same_answer(
    service: Service, username: str, password: str
) -> None:
    with pytest.raises(NotSignedIn) as refused:
        come_in(service, username, password)
    assert str(refused.value) == "用户名或密码不对。"


@pytest.mark.usefixtures("admin_user")
def test_after_five_failures_a_name_waits_and_each_further_failure_doubles_the_wait(
    service: Service, clock: FixedClock
) -> None:
    fail(service, 5)
    for wait in (15, 30, 60):
        with pytest.raises(NotSignedIn, match=f"请 {wait + 1} 秒后再试"):
            come_in(service)
        clock.advance(timedelta(seconds=wait))
        fail(service, 1)


@pytest.mark.usefixtures("admin_user")
def test_the_wait_ends_at_a_quarter_of_an_hour(service: Service, clock: FixedClock) -> None:
    for _ in range(12):
        fail(service, 1)
        clock.advance(timedelta(minutes=15))
    assert come_in(service)


@pytest.mark.usefixtures("admin_user")
def test_signing_in_forgets_the_failures(service: Service) -> None:
    fail(service, 4)
    come_in(service)
    fail(service, 4)
    assert come_in(service)


@pytest.mark.usefixtures("admin_user")
def test_guesses_at_one_name_slow_no_other_down(service: Service) -> None:
    fail(service, 5, "somebody")
    with pytest.raises(NotSignedIn, match="秒后再试"):
        come_in(service, "somebody")
    assert come_in(service)


def test_a_name_of_any_length_is_counted(service: Service) -> None:
    fail(service, 5, "长" * 5000)
    with pytest.raises(NotSignedIn, match="秒后再试"):
        come_in(service, "长" * 5000)


@pytest.mark.usefixtures("admin_user")
def test_a_disabled_user_neither_comes_in_nor_stays(service: Service) -> None:
    cookie = come_in(service)
    change_user(service, disabled_at=service.clock.now())
    assert session_user(service.records, cookie, service.clock) is None
    with pytest.raises(NotSignedIn, match=WRONG):
        come_in(service)


@pytest.mark.usefixtures("admin_user")
def test_a_session_ends_after_its_life(service: Service, clock: FixedClock) -> None:
    cookie = come_in(service)
    clock.advance(SESSION_LIFE - timedelta(seconds=1))
    assert session_user(service.records, cookie, clock)
    clock.advance(timedelta(seconds=1))
    assert session_user(service.records, cookie, clock) is None


@pytest.mark.usefixtures("admin_user")
def test_sessions_that_ended_are_removed_at_the_next_sign_in(
    service: Service, clock: FixedClock
) -> None:
    come_in(service)
    clock.advance(SESSION_LIFE + timedelta(days=1))
    come_in(service)
    with service.records.read() as session:
        assert session.scalar(select(func.count()).select_from(WebSession)) == 1


@pytest.mark.usefixtures("admin_user")
def test_who_signs_out_is_out_and_others_stay(service: Service) -> None:
    mine, other = come_in(service), come_in(service)
    sign_out(service.records, mine)
    assert session_user(service.records, mine, service.clock) is None
    assert session_user(service.records, other, service.clock)


@pytest.mark.usefixtures("admin_user")
def test_the_database_holds_no_cookie_and_no_token(service: Service) -> None:
    cookie = come_in(service)
    token = create_token(service.records, "bot", "admin", service.clock, service.ids)
    with service.records.read() as session:
        hashes = [*session.scalars(select(WebSession.token_hash))]
        hashes += session.scalars(select(ApiToken.token_hash))
    assert len(hashes) == 2
    assert cookie not in hashes
    assert token not in hashes


@pytest.mark.parametrize(
    ("current", "new", "field"),
    [
        ("not the password", "a-new-password", "current"),
        (PASSWORD, PASSWORD, "password"),
        (PASSWORD, "short", "password"),
        (PASSWORD, "x" * 257, "password"),
    ],
)
def test_a_password_that_cannot_be_changed_stays(
    service: Service, admin_user: User, current: str, new: str, field: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        change_password(service.records, admin_user.id, current, new)
    assert refused.value.field == field
    assert come_in(service)


def test_a_changed_password_can_end_every_other_session(service: Service, admin_user: User) -> None:
    mine, other = come_in(service), come_in(service)
    change_password(service.records, admin_user.id, PASSWORD, "a-new-password", keep=mine)
    assert session_user(service.records, mine, service.clock)
    assert session_user(service.records, other, service.clock) is None


def test_a_password_fits_only_its_own_hash() -> None:
    stored = hash_password("声誉声誉声誉声誉声誉")
    assert verify_password(stored, "声誉声誉声誉声誉声誉")
    assert not verify_password(stored, "声誉声誉声誉声誉声举")
    assert not verify_password("no hash at all", "whatever-it-is")
    assert not verify_password(None, "whatever-it-is")


def test_a_token_opens_rest_until_it_is_revoked(service: Service, client: Client) -> None:
    token = create_token(service.records, "bot", "researcher", service.clock, service.ids)
    bearer = {"authorization": f"Bearer {token}"}
    assert client.get("/api/v1/mentions", headers=bearer).status_code == 200
    with service.records.write() as session:
        session.scalars(select(ApiToken)).one().revoked_at = service.clock.now()
    assert client.get("/api/v1/mentions", headers=bearer).status_code == 401
    assert token_user(service.records, token, service.clock) is None


def test_the_last_use_of_a_token_is_kept_in_steps_of_five_minutes(
    service: Service, clock: FixedClock
) -> None:
    token = create_token(service.records, "bot", "admin", clock, service.ids)
    seen = []
    for _ in range(4):
        token_user(service.records, token, clock)
        with service.records.read() as session:
            seen.append(session.scalar(select(ApiToken.last_used_at)))
        clock.advance(timedelta(minutes=2))
    start = seen[0]
    assert start is not None
    assert seen == [start, start, start, start + timedelta(minutes=6)]


@pytest.mark.parametrize(
    ("name", "role", "field"), [("bot", "king", "role"), (" ", "admin", "name")]
)
def test_a_token_needs_a_name_and_a_role_that_there_is(
    service: Service, name: str, role: str, field: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        create_token(service.records, name, role, service.clock, service.ids)
    assert refused.value.field == field


@pytest.mark.parametrize(
    "authorization", ["", "Bearer", "Bearer sy_wrong", "Basic YWRtaW46", "Bearer \xe9"]
)
def test_what_is_no_token_opens_nothing(client: Client, authorization: str) -> None:
    sent = [(b"authorization", authorization.encode("latin-1"))]
    refused = client.get("/api/v1/brands", headers=sent)  # type: ignore[arg-type]
    assert refused.status_code == 401
    assert refused.headers["www-authenticate"] == "Bearer"


def test_a_wrong_token_is_not_mended_by_a_good_session(admin: Client) -> None:
    assert admin.get("/api/v1/brands").status_code == 200
    wrong = {"authorization": "Bearer sy_wrong"}
    assert admin.get("/api/v1/brands", headers=wrong).status_code == 401


def test_a_cookie_that_was_made_up_opens_nothing(client: Client) -> None:
    client.cookies.set(COOKIE, "made-up")
    assert client.get("/api/v1/brands").status_code == 401


def test_guesses_from_one_address_do_not_keep_the_owner_out(service: Service) -> None:
    ensure_admin(service.records, PASSWORD, service.clock, service.ids)

    def try_from(address: str, password: str) -> str:
        return sign_in(
            service.records, "admin", password, service.clock, service.ids, address=address
        )[0]

    for _ in range(8):
        with pytest.raises(NotSignedIn):
            try_from("203.0.113.9", "a-wrong-password")
    with pytest.raises(NotSignedIn, match="失败次数过多"):
        try_from("203.0.113.9", PASSWORD)
    assert try_from("203.0.113.10", PASSWORD)
