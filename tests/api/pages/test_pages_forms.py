"""Forms: who may send them, what they need, and what comes back when they are wrong or stale."""

import httpx
import pytest
from pages_desk import PASSWORD, AsRole, PagesDesk
from sqlalchemy import select

from alerts.links import acknowledge_token
from core.clock import FixedClock
from storage.records.accounts import User
from storage.records.cases import Case, OutboxMessage
from storage.records.watch import Brand, Source

CHANGES = (
    "/logout",
    "/password",
    "/setup",
    "/setup/clear",
    "/cases/{open_case}/take",
    "/cases/{open_case}/resolve",
    "/admin/sources/new",
    "/admin/sources/{source}",
    "/admin/sources/{source}/run",
    "/admin/sources/{source}/enabled",
    "/admin/brands/new",
    "/admin/brands/{brand}",
    "/admin/brands/{brand}/archived",
    "/admin/outbox/{mail}/retry",
)


def _send(client: httpx.Client, path: str, by: str = "admin", **fields: str) -> httpx.Response:
    return client.post(path, data={"csrf": PagesDesk.csrf(by), **fields})


@pytest.mark.parametrize("token", [None, "", "csrf-director"])
def test_a_form_without_the_sessions_csrf_token_is_refused(
    token: str | None, admin: httpx.Client, desk: PagesDesk
) -> None:
    fields = {} if token is None else {"csrf": token}
    for path in CHANGES:
        answer = admin.post(path.format_map(vars(desk)), data={"version": "1", **fields})
        assert answer.status_code == 403, path
        assert "表单已过期" in answer.text


@pytest.mark.parametrize("path", ["/", "/mentions?q=净化器", "/cases", "/admin/outbox"])
def test_whoever_is_not_signed_in_is_sent_to_sign_in_and_back(path: str, as_role: AsRole) -> None:
    client: httpx.Client = as_role("")
    answer = client.get(path)
    assert answer.status_code == 303
    signed_in = client.post(
        answer.headers["location"].split("?")[0],
        data={
            "username": "admin",
            "password": PASSWORD,
            "next": client.get(answer.headers["location"])
            .text.split('name="next" value="')[1]
            .split('"')[0],
        },
    )
    assert signed_in.status_code == 303
    assert client.get(signed_in.headers["location"]).status_code == 200
    assert client.get(signed_in.headers["location"]).url.path == path.split("?", maxsplit=1)[0]


@pytest.mark.parametrize(
    "wanted",
    ["//evil.example", "/\\evil.example", "https://evil.example", "/\n//evil", "", "/login"],
)
def test_signing_in_never_leads_to_another_site(wanted: str, as_role: AsRole) -> None:
    answer = as_role("").post(
        "/login", data={"username": "admin", "password": PASSWORD, "next": wanted}
    )
    assert answer.headers["location"] == "/"


def test_a_wrong_password_says_so_and_keeps_the_name(as_role: AsRole) -> None:
    answer = as_role("").post("/login", data={"username": "admin", "password": "no"})
    assert answer.status_code == 401
    assert "用户名或密码不对" in answer.text
    assert 'value="admin"' in answer.text


def test_the_printed_password_must_be_replaced_first(admin: httpx.Client, desk: PagesDesk) -> None:
    with desk.service.records.write() as session:
        session.get_one(User, "user_admin").must_change_password = True
    assert admin.get("/").headers["location"] == "/password"
    fields = {"current": PASSWORD, "password": "another-long-one", "again": "another-long-on"}
    assert "两次输入的新密码不一样" in _send(admin, "/password", **fields).text
    fields["again"] = "another-long-one"
    assert _send(admin, "/password", **fields).headers["location"] == "/"
    assert admin.get("/").status_code == 200


def test_taking_a_case_ends_the_response_clock(admin: httpx.Client, desk: PagesDesk) -> None:
    answer = _send(admin, f"/cases/{desk.open_case}/take", version="1")
    assert answer.status_code == 303
    case = desk.case(desk.open_case)
    assert (case.owner_id, case.state) == ("user_admin", "acknowledged")
    assert "已由你负责" in admin.get(answer.headers["location"]).text


def test_a_stale_click_shows_what_changed_and_keeps_what_was_written(
    admin: httpx.Client, as_role: AsRole, desk: PagesDesk
) -> None:
    _send(as_role("brand_manager"), f"/cases/{desk.open_case}/take", "brand_manager", version="1")
    answer = _send(
        admin, f"/cases/{desk.open_case}/resolve", version="1", cause="滤网批次", outcome="换新"
    )
    assert answer.status_code == 409
    assert "林brand_manager 认领了事件" in answer.text
    assert "滤网批次" in answer.text
    assert desk.case(desk.open_case).state == "acknowledged"


def test_closing_without_a_cause_opens_the_form_at_the_field(
    admin: httpx.Client, desk: PagesDesk
) -> None:
    answer = _send(admin, f"/cases/{desk.open_case}/resolve", version="1", outcome="换新")
    assert answer.status_code == 422
    assert 'id="do-resolve" aria-labelledby="do-resolve-title" open' in answer.text
    assert "请写明原因" in answer.text


def test_the_link_of_a_mail_asks_and_changes_nothing_by_itself(
    admin: httpx.Client, as_role: AsRole, desk: PagesDesk, clock: FixedClock
) -> None:
    from datetime import timedelta

    expires = clock.now() + timedelta(hours=1)
    token = acknowledge_token(desk.service.secret, desk.open_case, "pr@example.cn", expires)
    path = f"/cases/{desk.open_case}/acknowledge?k={token}"
    assert as_role("").get(path).headers["location"].startswith("/login?next=")
    assert "认领此事件" in admin.get(path).text
    assert desk.case(desk.open_case).acknowledged_at is None
    clock.advance(timedelta(hours=2))
    assert "已过期" in admin.get(path).text


@pytest.mark.parametrize(
    ("role", "path", "status"),
    [
        ("legal", "/cases/{open_case}", 200),
        ("legal", "/admin/sources", 403),
        ("researcher", "/cases", 403),
        ("researcher", "/", 200),
        ("brand_manager", "/admin/outbox", 403),
        ("director", "/setup", 403),
        ("agency", "/mentions", 403),
    ],
)
def test_a_role_sees_only_its_rooms(
    role: str, path: str, status: int, as_role: AsRole, desk: PagesDesk
) -> None:
    answer = as_role(role).get(path.format_map(vars(desk)))
    assert answer.status_code == status
    if role == "researcher" and status == 200:
        assert 'href="/cases' not in answer.text


def test_who_may_only_read_cases_gets_no_buttons(as_role: AsRole, desk: PagesDesk) -> None:
    client = as_role("legal")
    assert "/take" not in client.get(f"/cases/{desk.open_case}").text
    answer = _send(client, f"/cases/{desk.open_case}/take", "legal", version="1")
    assert answer.status_code == 403


def test_a_brand_is_tried_before_it_is_saved(admin: httpx.Client, desk: PagesDesk) -> None:
    fields = {
        "name": "星澜科技",
        "role": "own",
        "aliases": "星澜",
        "exclude": "星澜湾",
        "version": "1",
    }
    yes = _send(
        admin, f"/admin/brands/{desk.brand}", **fields, sample="星澜又漏水", **{"try": "on"}
    )
    assert "会收录：提到 1 处" in yes.text
    no = _send(
        admin, f"/admin/brands/{desk.brand}", **fields, sample="在星澜湾跑步", **{"try": "on"}
    )
    assert "不会收录" in no.text
    saved = _send(admin, f"/admin/brands/{desk.brand}", **fields, products="S3，X1")
    assert saved.status_code == 303
    stale = _send(admin, f"/admin/brands/{desk.brand}", **fields, products="S4")
    assert stale.status_code == 409
    with desk.service.records.read() as session:
        assert session.get_one(Brand, desk.brand).products == ["S3", "X1"]


def test_a_source_comes_back_with_the_fault_at_its_field(
    admin: httpx.Client, desk: PagesDesk
) -> None:
    fields = {
        "name": "新来源",
        "kind": "feed",
        "url": "http://127.0.0.1/",
        "platform": "x",
        "identity": "url",
    }
    numbers = {"interval_min": "15", "delay_s": "1", "max_pages": "10"}
    answer = _send(admin, "/admin/sources/new", **fields, **numbers)
    assert answer.status_code == 422
    assert 'id="url-notes"' in answer.text
    fields["url"] = "https://93.184.216.34/feed"
    added = _send(admin, "/admin/sources/new", **fields, **numbers)
    assert added.status_code == 303
    word = _send(admin, "/admin/sources/new", **fields, **{**numbers, "interval_min": "often"})
    assert "请填写数字" in word.text
    with desk.service.records.read() as session:
        assert session.scalar(select(Source.interval_s).where(Source.name == "新来源")) == 900


def test_setting_up_adds_all_or_nothing(admin: httpx.Client, desk: PagesDesk) -> None:
    wrong = _send(admin, "/setup", name="山海", url="ftp://x", recipients="a@example.cn")
    assert wrong.status_code == 422
    with desk.service.records.read() as session:
        assert session.scalar(select(Brand).where(Brand.name == "山海")) is None


def test_a_mail_is_shown_in_a_frame_that_may_do_nothing(
    admin: httpx.Client, desk: PagesDesk
) -> None:
    shown = admin.get(f"/admin/outbox/{desk.mail}")
    assert "sandbox" in shown.text
    frame = admin.get(f"/admin/outbox/{desk.mail}/html")
    policy = frame.headers["content-security-policy"]
    assert "script-src" not in policy
    assert "default-src 'none'" in policy
    assert policy.endswith("sandbox")


def test_a_mail_that_was_given_up_can_be_sent_again(admin: httpx.Client, desk: PagesDesk) -> None:
    with desk.service.records.write() as session:
        session.get_one(OutboxMessage, desk.mail).state = "failed"
    assert "重新发送" in admin.get(f"/admin/outbox/{desk.mail}").text
    _send(admin, f"/admin/outbox/{desk.mail}/retry")
    with desk.service.records.read() as session:
        assert session.get_one(OutboxMessage, desk.mail).state == "waiting"


def test_an_unknown_version_is_no_version(admin: httpx.Client, desk: PagesDesk) -> None:
    answer = _send(admin, f"/cases/{desk.open_case}/take", version="x")
    assert answer.status_code == 422
    with desk.service.records.read() as session:
        assert session.get_one(Case, desk.open_case).version == 1


@pytest.mark.parametrize("url", ["http://[::1", "http://[x]/", "http://a b/", "ftp://a.cn/"])
def test_the_set_up_names_an_address_that_is_none(url: str, admin: httpx.Client) -> None:
    answer = _send(admin, "/setup", name="远山电器", url=url)
    assert answer.status_code == 422
    assert 'class="error"' in answer.text
