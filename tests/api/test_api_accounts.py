"""Accounts: who may come in, under which name, and what ends at once."""

from typing import Any

import pytest
from argon2 import PasswordHasher
from httpx import Client
from shared_values import MakeClient
from sqlalchemy import select

from api.auth import passwords
from api.auth.accounts import change_password, session_user, sign_in
from api.doors import COOKIE
from api.wiring import Service
from core.errors import NotSignedIn
from storage.records.accounts import ApiToken, AuditEvent, User, WebSession

LEGAL = {
    "username": "heqing",
    "display_name": "何青",
    "role": "legal",
    "email": "heqing@example.cn",
}


@pytest.fixture(autouse=True)
def _quick_hashing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Real argon2, with parameters that cost no time."""
    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(passwords, "_hasher", quick)
    monkeypatch.setattr(passwords, "_DECOY", quick.hash("decoy"))


def add(admin: Client, **changes: str) -> dict[str, Any]:
    answer = admin.post("/api/v1/accounts", json={**LEGAL, **changes})
    assert answer.status_code == 201, answer.text
    body: dict[str, Any] = answer.json()
    return body


def come_in(service: Service, username: str, password: str) -> str:
    return sign_in(service.records, username, password, service.clock, service.ids)[0]


def with_cookie(make_client: MakeClient, cookie: str) -> Client:
    made = make_client()
    made.cookies.set(COOKIE, cookie)
    return made


def audited(service: Service) -> list[tuple[str, str, str]]:
    with service.records.read() as session:
        rows = session.scalars(select(AuditEvent).order_by(AuditEvent.id))
        return [(row.actor, row.action, row.record_type) for row in rows]


def test_a_new_account_comes_in_with_its_one_time_password_and_must_change_it(
    service: Service, admin: Client, make_client: MakeClient
) -> None:
    made = add(admin)
    assert (made["state"], made["last_sign_in"]) == ("waiting", None)
    cookie = come_in(service, "heqing", made["one_time_password"])
    theirs = with_cookie(make_client, cookie)
    refused = theirs.get("/api/v1/mentions")
    assert refused.status_code == 403
    assert "/password" in refused.json()["detail"]
    assert theirs.get("/mentions").headers["location"] == "/password"
    change_password(service.records, made["id"], made["one_time_password"], "a-password-of-mine")
    assert theirs.get("/api/v1/mentions").status_code == 200
    shown = admin.get(f"/api/v1/accounts/{made['id']}").json()
    assert shown["state"] == "active"
    assert shown["last_sign_in"] is not None


def test_the_password_is_told_once_and_stored_nowhere(service: Service, admin: Client) -> None:
    made = add(admin)
    password = made["one_time_password"]
    assert password not in admin.get(f"/api/v1/accounts/{made['id']}").text
    with service.records.read() as session:
        assert password not in session.get_one(User, made["id"]).password_hash
        assert all(password not in str(row.detail) for row in session.scalars(select(AuditEvent)))


def test_a_disabled_account_is_out_at_once_and_an_enabled_one_signs_in_anew(
    service: Service, admin: Client, make_client: MakeClient
) -> None:
    made = add(admin)
    change_password(service.records, made["id"], made["one_time_password"], "a-password-of-mine")
    cookie = come_in(service, "heqing", "a-password-of-mine")
    theirs = with_cookie(make_client, cookie)
    assert theirs.get("/api/v1/mentions").status_code == 200
    path = f"/api/v1/accounts/{made['id']}/disabled"
    assert admin.post(path, json={"disabled": True}).json()["state"] == "disabled"
    assert theirs.get("/api/v1/mentions").status_code == 401
    with pytest.raises(NotSignedIn):
        come_in(service, "heqing", "a-password-of-mine")
    assert admin.post(path, json={"disabled": False}).json()["state"] == "active"
    # The ended session stays ended: enabling gives no old cookie back.
    assert theirs.get("/api/v1/mentions").status_code == 401
    assert come_in(service, "heqing", "a-password-of-mine")


def test_a_reset_ends_the_old_password_and_every_session(service: Service, admin: Client) -> None:
    made = add(admin)
    cookie = come_in(service, "heqing", made["one_time_password"])
    answer = admin.post(f"/api/v1/accounts/{made['id']}/password").json()
    assert session_user(service.records, cookie, service.clock) is None
    with pytest.raises(NotSignedIn):
        come_in(service, "heqing", made["one_time_password"])
    person = session_user(
        service.records, come_in(service, "heqing", answer["one_time_password"]), service.clock
    )
    assert person is not None
    assert person.must_change_password


def test_a_person_of_the_sample_can_sign_in_only_after_a_reset_and_stays_sample(
    service: Service, admin: Client
) -> None:
    with service.records.write() as session:
        session.add(
            User(
                id="user_lin",
                username="linlan",
                display_name="林岚",
                role="admin",
                password_hash="!",
                is_sample=True,
                created_at=service.clock.now(),
            )
        )
    shown = admin.get("/api/v1/accounts/user_lin").json()
    assert (shown["state"], shown["is_sample"]) == ("nobody", True)
    with pytest.raises(NotSignedIn):
        come_in(service, "linlan", "!")
    password = admin.post("/api/v1/accounts/user_lin/password").json()["one_time_password"]
    assert come_in(service, "linlan", password)
    assert admin.get("/api/v1/accounts/user_lin").json()["is_sample"] is True


def test_nobody_disables_demotes_or_resets_themselves(admin: Client) -> None:
    add(admin, username="second", display_name="第二位", role="admin")
    mine = "/api/v1/accounts/user_admin"
    assert admin.post(f"{mine}/disabled", json={"disabled": True}).status_code == 422
    assert admin.patch(mine, json={"role": "legal"}).status_code == 422
    assert "/password" in admin.post(f"{mine}/password").json()["detail"]
    assert admin.patch(mine, json={"display_name": "老林"}).json()["display_name"] == "老林"


def test_the_last_admin_who_can_sign_in_stays_even_for_a_program(
    service: Service, admin: Client, make_client: MakeClient
) -> None:
    token = admin.post("/api/v1/tokens", json={"name": "ops", "role": "admin"}).json()["token"]
    program = make_client(authorization=f"Bearer {token}")
    mine = "/api/v1/accounts/user_admin"
    for answer in (
        program.post(f"{mine}/disabled", json={"disabled": True}),
        program.patch(mine, json={"role": "legal"}),
    ):
        assert answer.status_code == 422
        assert "最后一位管理员" in answer.json()["detail"]
    other = add(admin, username="second", display_name="第二位", role="admin")
    assert program.patch(mine, json={"role": "legal"}).json()["role"] == "legal"
    last = f"/api/v1/accounts/{other['id']}/disabled"
    assert program.post(last, json={"disabled": True}).status_code == 422
    assert ("ops", "edit", "account") in audited(service)


def test_a_new_role_counts_from_the_next_request_on(
    service: Service, admin: Client, make_client: MakeClient
) -> None:
    made = add(admin, role="agency")
    change_password(service.records, made["id"], made["one_time_password"], "a-password-of-mine")
    theirs = with_cookie(make_client, come_in(service, "heqing", "a-password-of-mine"))
    assert theirs.get("/api/v1/cases").status_code == 403
    admin.patch(f"/api/v1/accounts/{made['id']}", json={"role": "director"})
    assert theirs.get("/api/v1/cases").status_code == 200


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("username", "a"),
        ("username", "he qing"),
        ("username", "heqing\u200b"),
        ("username", "x" * 65),
        ("username", "ADMIN"),
        ("username", "ａｄｍｉｎ"),
        ("display_name", "  "),
        ("display_name", "何\u202e青"),
        ("display_name", "名" * 65),
        ("display_name", "管理員"),
        ("email", "nobody"),
        ("email", "a@b.cn\r\nBcc: x@y.cn"),
    ],
)
def test_a_field_that_cannot_be_used_is_named(
    service: Service, admin: Client, field: str, value: str
) -> None:
    answer = admin.post("/api/v1/accounts", json={**LEGAL, field: value})
    assert answer.status_code == 422
    assert answer.json()["field"] == field
    with service.records.read() as session:
        assert [*session.scalars(select(User.username))] == ["admin"]


@pytest.mark.parametrize("body", [{"role": "king"}, {"username": "a\ud800b"}, {"password": "x"}])
def test_a_wrong_role_half_a_character_and_an_unknown_field_are_refused(
    admin: Client, body: dict[str, str]
) -> None:
    import json

    answer = admin.post(
        "/api/v1/accounts",
        content=json.dumps({**LEGAL, **body}),
        headers={"content-type": "application/json"},
    )
    assert answer.status_code == 422


def test_names_keep_apart_from_each_other_when_they_change(admin: Client) -> None:
    made = add(admin)
    same = admin.patch(f"/api/v1/accounts/{made['id']}", json={"display_name": "管理员"})
    assert same.json()["field"] == "display_name"
    kept = admin.patch(f"/api/v1/accounts/{made['id']}", json={"display_name": "何青"})
    assert kept.status_code == 200


def test_accounts_are_listed_by_name_found_by_words_and_paged(admin: Client) -> None:
    for n in range(5):
        add(admin, username=f"user{n}", display_name=f"法务{n}")
    assert admin.get("/api/v1/accounts?q=法務&state=waiting").json()["total"] == 5
    first = admin.get("/api/v1/accounts?limit=4").json()
    rest = admin.get(f"/api/v1/accounts?limit=4&cursor={first['next_cursor']}").json()
    names = [row["display_name"] for row in first["items"] + rest["items"]]
    assert names == [*(f"法务{n}" for n in range(5)), "管理员"]
    assert rest["next_cursor"] is None


def test_a_token_is_told_once_works_and_ends_when_it_is_revoked(
    service: Service, admin: Client, make_client: MakeClient
) -> None:
    made = admin.post("/api/v1/tokens", json={"name": "周报脚本", "role": "director"}).json()
    program = make_client(authorization=f"Bearer {made['token']}")
    assert program.get("/api/v1/cases").status_code == 200
    assert program.get("/api/v1/accounts").status_code == 403
    listed = admin.get("/api/v1/tokens")
    assert made["token"] not in listed.text
    assert listed.json()["items"][0]["last_used_at"] is not None
    revoked = admin.delete(f"/api/v1/tokens/{made['id']}").json()
    assert revoked["revoked_at"] is not None
    assert program.get("/api/v1/cases").status_code == 401
    admin.delete(f"/api/v1/tokens/{made['id']}")
    assert audited(service) == [("管理员", "issue", "token"), ("管理员", "revoke", "token")]


@pytest.mark.parametrize("name", ["", "  ", "x" * 101, "a\nb"])
def test_a_token_needs_a_name_that_can_be_read(service: Service, admin: Client, name: str) -> None:
    assert admin.post("/api/v1/tokens", json={"name": name, "role": "legal"}).status_code == 422
    with service.records.read() as session:
        assert session.scalars(select(ApiToken)).all() == []


def test_every_step_is_audited_with_who_did_it(service: Service, admin: Client) -> None:
    made = add(admin)
    path = f"/api/v1/accounts/{made['id']}"
    admin.patch(path, json={"role": "compliance"})
    admin.patch(path, json={"role": "compliance"})
    admin.post(f"{path}/password")
    admin.post(f"{path}/disabled", json={"disabled": True})
    admin.post(f"{path}/disabled", json={"disabled": True})
    admin.post(f"{path}/disabled", json={"disabled": False})
    steps = ["add", "edit", "reset_password", "disable", "enable"]
    assert audited(service) == [("管理员", step, "account") for step in steps]
    with service.records.read() as session:
        edit = session.scalars(select(AuditEvent).where(AuditEvent.action == "edit")).one()
    assert edit.detail == {"role": ["legal", "compliance"]}


def test_two_admins_cannot_take_each_other_away_at_the_same_time(
    service: Service, admin: Client, make_client: MakeClient
) -> None:
    from concurrent.futures import ThreadPoolExecutor

    other = add(admin, username="second", display_name="第二位", role="admin")
    with service.records.write() as session:
        session.get_one(User, other["id"]).must_change_password = False
    from core.ids import secret_hash

    with service.records.write() as session:
        session.add(
            WebSession(
                token_hash=secret_hash("theirs"),
                user_id=other["id"],
                csrf_token="csrf",
                created_at=service.clock.now(),
                expires_at=service.clock.now().replace(year=2027),
            )
        )
    theirs = make_client(**{"x-csrf-token": "csrf"})
    theirs.cookies.set(COOKIE, "theirs")
    wishes = ((admin, other["id"]), (theirs, "user_admin"))
    with ThreadPoolExecutor(2) as pool:
        answers = list(
            pool.map(
                lambda wish: (
                    wish[0]
                    .post(f"/api/v1/accounts/{wish[1]}/disabled", json={"disabled": True})
                    .status_code
                ),
                wishes,
            )
        )
    assert answers.count(200) == 1
    with service.records.read() as session:
        stays = session.scalars(select(User).where(User.disabled_at.is_(None))).all()
    assert len(stays) == 1


def test_a_sign_in_that_was_under_way_does_not_outlive_a_reset(
    service: Service, admin: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The reset comes while the old password is being verified."""
    made = add(admin)
    path = f"/api/v1/accounts/{made['id']}/password"
    really = passwords.verify_password

    def slow(stored: str | None, password: str) -> bool:
        fits = really(stored, password)
        admin.post(path)
        return fits

    monkeypatch.setattr("api.auth.accounts.verify_password", slow)
    with pytest.raises(NotSignedIn):
        come_in(service, "heqing", made["one_time_password"])
    with pytest.raises(NotSignedIn):
        change_password(
            service.records, made["id"], _known(service, made["id"]), "a-password-of-mine"
        )
    with service.records.read() as session:
        sessions = select(WebSession).where(WebSession.user_id == made["id"])
        assert session.scalars(sessions).all() == []
        assert session.get_one(User, made["id"]).must_change_password


def _known(service: Service, user_id: str) -> str:
    """Give the account a password that is known."""
    with service.records.write() as session:
        session.get_one(User, user_id).password_hash = passwords.hash_password("a-known-password")
    return "a-known-password"
