"""/admin/accounts: people, their one-time passwords, and the tokens of programs."""

import re

import httpx
import pytest
from pages_desk import HOSTILE, AsRole, PagesDesk
from sqlalchemy import select

from api.auth.accounts import sign_in
from storage.records.accounts import ApiToken, User

NEW = {
    "username": "heqing",
    "display_name": "何青",
    "role": "compliance",
    "email": "heqing@example.cn",
}


def send(client: httpx.Client, path: str, **fields: str) -> httpx.Response:
    return client.post(f"/admin/accounts{path}", data={"csrf": PagesDesk.csrf(), **fields})


def shown_once(answer: httpx.Response) -> str:
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    found = re.search(r'<p class="secret"><code>([^<]+)</code>', answer.text)
    assert found is not None
    return found[1]


def user(desk: PagesDesk, username: str) -> User:
    with desk.service.records.read() as session:
        return session.scalars(select(User).where(User.username == username)).one()


def test_a_person_is_added_and_comes_in_with_the_password_that_is_shown(
    admin: httpx.Client, desk: PagesDesk, as_role: AsRole
) -> None:
    password = shown_once(send(admin, "/new", **NEW))
    assert password not in admin.get("/admin/accounts").text
    row = user(desk, "heqing")
    assert (row.role, row.email, row.must_change_password) == (
        "compliance",
        "heqing@example.cn",
        True,
    )
    theirs = as_role()
    answer = theirs.post("/login", data={"username": "heqing", "password": password})
    assert answer.headers["location"] == "/"
    theirs.cookies.update(answer.cookies)
    assert theirs.get("/cases").headers["location"] == "/password"


def test_a_wrong_form_comes_back_as_written_with_the_error_at_its_field(
    admin: httpx.Client, desk: PagesDesk
) -> None:
    answer = send(admin, "/new", **{**NEW, "username": "ADMIN", "display_name": HOSTILE[:60]})
    assert answer.status_code == 422
    assert "已有人用" in answer.text
    assert "heqing@example.cn" in answer.text
    assert "<script>alert" not in answer.text


def test_the_list_marks_me_the_sample_and_who_cannot_come_in(
    admin: httpx.Client, desk: PagesDesk
) -> None:
    with desk.service.records.write() as session:
        stored = session.get_one(User, "user_legal")
        stored.is_sample, stored.password_hash = True, "!"
    page = admin.get("/admin/accounts").text
    mine = page[page.index("/admin/accounts/user_admin") :].split("</li>")[0]
    sample = page[page.index("/admin/accounts/user_legal") :].split("</li>")[0]
    assert ">我<" in mine
    assert "上次登录" in mine
    assert ">示例<" in sample
    assert "不能登录" in sample
    assert "给一个密码" in admin.get("/admin/accounts/user_legal").text


def test_a_name_and_role_are_changed_and_the_user_name_is_not(
    admin: httpx.Client, desk: PagesDesk
) -> None:
    answer = send(admin, "/user_legal", **{**NEW, "role": "legal", "username": "other"})
    assert answer.headers["location"] == "/admin/accounts?done=saved"
    row = user(desk, "legal")
    assert (row.display_name, row.role) == ("何青", "legal")
    assert "账号已保存" in admin.get("/admin/accounts?done=saved").text


def test_a_disabled_person_is_out_at_once_and_may_be_let_in_again(
    admin: httpx.Client, desk: PagesDesk, as_role: AsRole
) -> None:
    theirs = as_role("legal")
    assert theirs.get("/mentions").status_code == 200
    assert send(admin, "/user_legal/disabled", disabled="on").status_code == 303
    assert theirs.get("/mentions").headers["location"].startswith("/login")
    assert "已停用" in admin.get("/admin/accounts").text
    send(admin, "/user_legal/disabled")
    assert user(desk, "legal").disabled_at is None
    assert theirs.get("/mentions").headers["location"].startswith("/login")


def test_my_own_account_can_be_neither_disabled_nor_demoted(
    admin: httpx.Client, desk: PagesDesk
) -> None:
    page = admin.get("/admin/accounts/user_admin").text
    assert "停用账号" not in page
    assert "/password" in page
    answer = send(admin, "/user_admin/disabled", disabled="on")
    assert answer.status_code == 422
    assert "不能停用自己" in answer.text
    answer = send(admin, "/user_admin", display_name="林admin", role="legal", email="")
    assert "另一位管理员" in answer.text
    assert user(desk, "admin").role == "admin"


def test_a_reset_password_is_shown_once_and_works(admin: httpx.Client, desk: PagesDesk) -> None:
    password = shown_once(send(admin, "/user_legal/password"))
    service = desk.service
    assert sign_in(service.records, "legal", password, service.clock, service.ids)


def test_a_token_is_made_shown_once_and_revoked(admin: httpx.Client, desk: PagesDesk) -> None:
    token = shown_once(send(admin, "/tokens/new", name="周报脚本", role="director"))
    program = {"authorization": f"Bearer {token}"}
    assert admin.get("/api/v1/cases", headers=program).status_code == 200
    page = admin.get("/admin/accounts").text
    assert "周报脚本" in page
    assert token not in page
    with desk.service.records.read() as session:
        row = session.scalars(select(ApiToken)).one()
    assert send(admin, f"/tokens/{row.id}/revoke").status_code == 303
    assert admin.get("/api/v1/cases", headers=program).status_code == 401
    assert "已撤销" in admin.get("/admin/accounts").text


def test_a_token_without_a_name_comes_back(admin: httpx.Client) -> None:
    answer = send(admin, "/tokens/new", name=" ", role="legal")
    assert answer.status_code == 422
    assert "起一个名字" in answer.text


@pytest.mark.parametrize("role", ["director", "brand_manager", "researcher", "legal", "agency"])
def test_only_an_admin_sees_accounts(role: str, as_role: AsRole) -> None:
    client = as_role(role)
    for path in ("", "/new", "/user_admin", "/tokens/new"):
        assert client.get(f"/admin/accounts{path}").status_code == 403
    assert "/admin/accounts" not in client.get("/assets").text


def test_every_change_needs_the_sessions_own_csrf_token(admin: httpx.Client) -> None:
    for path in ("/new", "/user_legal", "/user_legal/password", "/user_legal/disabled"):
        answer = admin.post(f"/admin/accounts{path}", data={**NEW, "csrf": "csrf-director"})
        assert answer.status_code == 403


def test_an_account_that_is_not_there_is_not_found(admin: httpx.Client) -> None:
    assert admin.get("/admin/accounts/user_none").status_code == 404
    assert send(admin, "/user_none/password").status_code == 404
    assert send(admin, "/tokens/tok_none/revoke").status_code == 404
