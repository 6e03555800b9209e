"""Assets by REST: who sees what, what changes, and how files and pictures leave."""

from datetime import timedelta
from typing import Any

import pytest
from httpx import Client, Response
from library_desk import EDITOR, LAWYER, OFFICER, WRITER, LibraryDesk
from shared_values import AsRole, MakeClient

from api.doors import COOKIE, CSRF_HEADER
from api.wiring import Service
from assets.processing import process_due
from core.clock import FixedClock
from core.ids import secret_hash
from storage.objects import blob_key, store_blob
from storage.records.accounts import WebSession
from storage.records.library import AssetVersion, Rendition, Upload

CONTRACT = {
    "id",
    "kind",
    "title",
    "description",
    "tags",
    "state",
    "available",
    "blocked_by",
    "version",
    "media_type",
    "size",
    "sha256",
    "updated_at",
}
WEBP = b"RIFF\x24\x00\x00\x00WEBPVP8 a small picture"


@pytest.fixture
def desk(service: Service, clock: FixedClock) -> LibraryDesk:
    return LibraryDesk(service.records, clock, service.ids)


@pytest.fixture
def manager(desk: LibraryDesk, with_token: AsRole) -> Client:
    """A program of the brand team."""
    return with_token("brand_manager")


def _session(desk: LibraryDesk, make_client: MakeClient, user_id: str) -> Client:
    """A person who is signed in."""
    now = desk.clock.now()
    with desk.records.write() as session:
        session.add(
            WebSession(
                token_hash=secret_hash(user_id),
                user_id=user_id,
                csrf_token="csrf",
                created_at=now,
                expires_at=now + timedelta(days=1),
            )
        )
    made = make_client(**{CSRF_HEADER: "csrf"})
    made.cookies.set(COOKIE, user_id)
    return made


def _upload(desk: LibraryDesk, actor: str, user_id: str | None = None) -> str:
    done = desk.upload("uploaded")
    now = desk.clock.now()
    with desk.records.write() as session:
        session.add(
            Upload(
                id=done.id,
                user_id=user_id,
                actor=actor,
                filename=done.filename,
                size=done.size,
                part_size=16,
                sha256=done.sha256,
                media_type=done.media_type,
                state="complete",
                created_at=now,
                expires_at=now + timedelta(days=1),
            )
        )
    return done.id


def _problem(response: Response, status: int) -> dict[str, Any]:
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    return dict(response.json())


def test_an_asset_has_the_fields_of_the_contract(desk: LibraryDesk, manager: Client) -> None:
    asset = desk.add()
    form = manager.get(f"/api/v1/assets/{asset.id}").json()
    assert form.keys() >= CONTRACT
    assert (form["state"], form["available"], form["blocked_by"]) == (
        "draft",
        False,
        ["not_published"],
    )
    assert form["blocked_reasons"][0]["sentence"].startswith("还没有发布")
    assert form["history"][0]["sentence"] == "文岚 新建了资产，第 1 版"


def test_a_file_becomes_an_asset_and_a_newer_version(desk: LibraryDesk, manager: Client) -> None:
    body = {"kind": "media", "title": "海报", "upload_id": _upload(desk, "brand_manager")}
    made = manager.post("/api/v1/assets", json=body)
    assert made.status_code == 201, made.text
    form = made.json()
    assert (form["version"], form["filename"], form["processing"]) == (1, "海报.png", "pending")
    again = {"locked_version": form["locked_version"], "upload_id": body["upload_id"]}
    refused = manager.post(f"/api/v1/assets/{form['id']}/versions", json=again)
    assert "和当前版本一样" in _problem(refused, 422)["detail"]


def test_a_message_is_written_by_its_body(manager: Client) -> None:
    body = {
        "kind": "message",
        "title": "异味说明",
        "scenario": "quality",
        "body": {"statement": "您好，我们已联系您。"},
    }
    made = manager.post("/api/v1/assets", json=body)
    assert made.status_code == 201, made.text
    form = manager.get(f"/api/v1/assets/{made.json()['id']}").json()
    assert form["processing"] == "done"
    assert form["versions"][0]["body"]["statement"] == "您好，我们已联系您。"
    newer = {
        "locked_version": form["locked_version"],
        "body": {"statement": "您好，我们马上联系您。"},
    }
    second = manager.post(f"/api/v1/assets/{form['id']}/versions", json=newer)
    assert second.json()["version"] == 2
    refused = manager.get(f"/api/v1/assets/{form['id']}/download")
    assert "话术没有文件" in _problem(refused, 404)["detail"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"kind": "poster", "title": "海报"}, "upload_id"),
        ({"kind": "media", "title": "海报"}, "upload_id"),
        ({"kind": "message", "title": "话术"}, "upload_id"),
        ({"kind": "message", "title": "话术", "body": {"statement": 3}}, None),
    ],
)
def test_what_cannot_be_an_asset_is_a_problem(
    manager: Client, body: dict[str, Any], field: str | None
) -> None:
    told = _problem(manager.post("/api/v1/assets", json=body), 422)
    assert told["detail"]
    assert field is None or told["field"] == field


def test_nobody_uses_the_upload_of_another(
    desk: LibraryDesk, make_client: MakeClient, manager: Client
) -> None:
    upload_id = _upload(desk, WRITER.name, WRITER.id)
    editor = _session(desk, make_client, str(EDITOR.id))
    body = {"kind": "media", "title": "海报", "upload_id": upload_id}
    for client in (editor, manager):
        _problem(client.post("/api/v1/assets", json=body), 404)


def test_a_field_that_is_left_out_stays(desk: LibraryDesk, manager: Client) -> None:
    asset = desk.add(description="说明", tags=["夏"])
    change = {"locked_version": asset.version, "title": "新标题"}
    form = manager.patch(f"/api/v1/assets/{asset.id}", json=change).json()
    assert (form["title"], form["description"], form["tags"]) == ("新标题", "说明", ["夏"])
    stale = manager.patch(f"/api/v1/assets/{asset.id}", json=change)
    assert "brand_manager 修改了标题" in _problem(stale, 409)["detail"]


def test_a_published_asset_is_recalled_restored_and_archived(
    desk: LibraryDesk, manager: Client
) -> None:
    form = manager.get(f"/api/v1/assets/{desk.published().id}").json()

    def act(action: str, **more: str) -> Response:
        seen = manager.get(f"/api/v1/assets/{form['id']}").json()["locked_version"]
        body = {"locked_version": seen, **more}
        return manager.post(f"/api/v1/assets/{form['id']}/{action}", json=body)

    assert "召回的原因" in _problem(act("recall"), 422)["detail"]
    assert act("recall", reason="肖像").json()["blocked_by"] == ["recalled"]
    assert act("restore").json()["available"]
    assert act("archive").json()["blocked_by"] == ["archived"]


def test_rights_and_evidence_come_and_go(desk: LibraryDesk, manager: Client) -> None:
    asset = desk.published()
    path = f"/api/v1/assets/{asset.id}"
    right = {
        "locked_version": asset.version,
        "subject": "图片",
        "channels": ["weibo"],
        "valid_until": "2026-06-30",
    }
    made = manager.post(f"{path}/rights", json=right).json()
    assert made["blocked_by"] == ["right_expired"]
    assert made["expires_on"] == "2026-06-30"
    query = f"?locked_version={made['locked_version']}"
    gone = manager.delete(f"{path}/rights/{made['right_id']}{query}").json()
    assert gone["available"]
    proof = {"locked_version": gone["locked_version"], "claim": "领先", "issuer": "研究院"}
    made = manager.post(f"{path}/evidence", json=proof).json()
    query = f"?locked_version={made['locked_version']}"
    assert manager.delete(f"{path}/evidence/{made['evidence_id']}{query}").status_code == 200


# --- Who sees what ------------------------------------------------------------------------


def test_only_those_who_read_drafts_know_of_them(desk: LibraryDesk, with_token: AsRole) -> None:
    draft, published = desk.add("草稿"), desk.published("发布")
    desk.add_version(published.id)
    recalled = desk.published("召回")
    desk.act("recall", recalled.id, reason="错")
    for role in ("admin", "director", "brand_manager", "legal", "compliance"):
        client = with_token(role)
        for asset in (draft, published, recalled):
            assert client.get(f"/api/v1/assets/{asset.id}").status_code == 200
    for role in ("researcher", "agency"):
        client = with_token(role)
        for hidden in (draft, recalled):
            for path in ("", "/download", "/renditions/thumb", "/certificate"):
                response = client.get(f"/api/v1/assets/{hidden.id}{path}")
                assert _problem(response, 404)["detail"] == "没有这个资产，请回到资产列表。"
        form = client.get(f"/api/v1/assets/{published.id}").json()
        assert form["version"] == 1
        assert not {"versions", "history", "findings", "reviews"} & form.keys()
        newer = client.get(f"/api/v1/assets/{published.id}/versions/2/download")
        assert newer.status_code == 404


def test_what_is_recalled_can_be_downloaded_by_nobody(
    desk: LibraryDesk, with_token: AsRole
) -> None:
    asset = desk.published("召回")
    desk.act("recall", asset.id, reason="肖像")
    for role in ("admin", "director", "brand_manager", "legal", "compliance"):
        client = with_token(role)
        for path in ("download", "versions/1/download"):
            refused = client.get(f"/api/v1/assets/{asset.id}/{path}")
            assert "已召回：肖像" in _problem(refused, 403)["detail"]
    desk.act("restore", asset.id)
    assert with_token("brand_manager").get(f"/api/v1/assets/{asset.id}/download").status_code == 302


def test_an_agency_sees_only_what_may_be_used_today(desk: LibraryDesk, with_token: AsRole) -> None:
    asset = desk.add()
    desk.add_right(asset.id, valid_until=desk.today)
    desk.publish(asset.id)
    agency, researcher = with_token("agency"), with_token("researcher")
    assert agency.get(f"/api/v1/assets/{asset.id}").status_code == 200
    desk.clock.advance(timedelta(days=1))
    assert agency.get(f"/api/v1/assets/{asset.id}").status_code == 404
    assert researcher.get(f"/api/v1/assets/{asset.id}").json()["blocked_by"] == ["right_expired"]
    refused = researcher.get(f"/api/v1/assets/{asset.id}/download")
    assert "已于 2026-07-01 到期" in _problem(refused, 403)["detail"]


# --- Files and pictures -------------------------------------------------------------------


def _held(service: Service, content: bytes) -> None:
    store_blob(service.files, [content], ids=service.ids, limit=None)


def test_a_download_is_a_link_of_five_minutes_and_is_told(
    service: Service, desk: LibraryDesk, with_token: AsRole
) -> None:
    asset = desk.published(content="poster")
    _held(service, b"poster")
    agency = with_token("agency")
    answer = agency.get(f"/api/v1/assets/{asset.id}/download")
    assert answer.status_code == 302
    sha256 = desk.version(asset.published_version_id).sha256 or ""
    location = answer.headers["location"]
    grant = service.files.verify("GET", location, desk.clock.now())  # type: ignore[attr-defined]
    assert grant.key == blob_key(sha256)
    assert grant.filename == "海报.png"
    assert grant.expires_at - desk.clock.now() <= timedelta(minutes=5)
    assert desk.told(asset.id)[-1] == "asset.downloaded"
    file = agency.get(location)
    assert file.content == b"poster"
    assert file.headers["content-disposition"].startswith("attachment")


def test_a_channel_is_answered_before_the_file_is_given(
    desk: LibraryDesk, with_token: AsRole
) -> None:
    asset = desk.add()
    desk.add_right(asset.id, channels=["weibo"])
    desk.publish(asset.id)
    path = f"/api/v1/assets/{asset.id}/download"
    for role in ("agency", "brand_manager"):
        client = with_token(role)
        assert client.get(f"{path}?channel=weibo").status_code == 302
        refused = client.get(f"{path}?channel=xiaohongshu")
        assert "不含小红书" in _problem(refused, 403)["detail"]
        assert "可选：" in _problem(client.get(f"{path}?channel=fax"), 422)["detail"]


def test_who_reads_drafts_gets_any_version(desk: LibraryDesk, manager: Client) -> None:
    asset = desk.published()
    desk.add_version(asset.id)
    path = f"/api/v1/assets/{asset.id}/versions"
    assert manager.get(f"{path}/2/download").status_code == 302
    assert manager.get(f"{path}/3/download").status_code == 404
    assert manager.get(f"{path}/0/download").status_code == 422


def _picture(service: Service, version_id: str | None) -> None:
    key = f"renditions/{str(version_id).replace('_', '-')}/thumb.webp"
    service.files.put(key, [WEBP], limit=None)
    with service.records.write() as session:
        session.add(
            Rendition(
                version_id=str(version_id),
                name="thumb",
                object_key=key,
                media_type="text/html",  # whatever stands there: it is shown as a picture
                width=1,
                height=1,
            )
        )


def test_a_picture_is_shown_inline_and_kept_by_the_browser(
    service: Service, desk: LibraryDesk, make_client: MakeClient, with_token: AsRole
) -> None:
    asset = desk.published()
    _picture(service, asset.published_version_id)
    person = _session(desk, make_client, str(WRITER.id))
    for client, path in (
        (with_token("agency"), f"/api/v1/assets/{asset.id}/renditions/thumb"),
        (person, f"/assets/{asset.id}/renditions/thumb"),
    ):
        shown = client.get(path)
        assert shown.content == WEBP
        assert shown.headers["content-type"] == "image/webp"
        assert shown.headers["x-content-type-options"] == "nosniff"
        assert shown.headers["cache-control"] == "private, no-cache"
        kept = client.get(path, headers={"if-none-match": shown.headers["etag"]})
        assert (kept.status_code, kept.content) == (304, b"")
        assert client.get(path.replace("thumb", "page-9")).status_code == 404
        assert client.get(path.replace("thumb", "..%2Fx")).status_code == 404
    assert desk.row(asset.id).thumb


def test_the_pages_give_files_to_who_is_signed_in(
    desk: LibraryDesk, client: Client, make_client: MakeClient, with_token: AsRole
) -> None:
    asset = desk.add()
    paths = [f"/assets/{asset.id}/download", f"/assets/{asset.id}/versions/1/download"]
    person = _session(desk, make_client, str(WRITER.id))
    for path in paths:
        assert client.get(path).headers["location"].startswith("/login")
        assert with_token("admin").get(path).headers["location"].startswith("/login")
        assert person.get(path).headers["location"].startswith("/objects/")


# --- Certificates -------------------------------------------------------------------------


def test_a_certificate_is_checked_by_any_copy(desk: LibraryDesk, with_token: AsRole) -> None:
    asset = desk.published(content="poster")
    agency, manager = with_token("agency"), with_token("brand_manager")
    told = agency.get(f"/api/v1/assets/{asset.id}/certificate").json()
    assert [each["side"] for each in told["reviewers"]] == ["legal", "compliance"]
    assert [each["reviewer"] for each in told["reviewers"]] == [LAWYER.name, OFFICER.name]

    def check(client: Client, sha256: str) -> dict[str, Any]:
        return dict(client.post("/api/v1/certificates/check", json={"sha256": sha256}).json())

    known = check(agency, told["sha256"])
    assert (known["approved"], known["usable"]) == (True, True)
    assert known["items"][0]["title"] == "夏季海报"
    assert check(agency, "0" * 64) == {"approved": False, "usable": False, "items": []}
    desk.act("recall", asset.id, reason="肖像有争议")
    outside = check(agency, told["sha256"])
    assert (outside["approved"], outside["usable"]) == (True, False)
    assert outside["items"] == [
        {"sha256": told["sha256"], "standing": "recalled", "recall_reason": "肖像有争议"}
    ]
    assert check(manager, told["sha256"])["items"][0]["title"] == "夏季海报"
    wrong = agency.post("/api/v1/certificates/check", json={"sha256": "x"})
    assert wrong.status_code == 422


def test_a_certificate_tells_outsiders_nothing_of_drafts(
    desk: LibraryDesk, with_token: AsRole
) -> None:
    asset, report = desk.add(), desk.add("内部检测报告", content="report")
    desk.add_evidence(asset.id, file_asset_id=report.id)
    review = desk.request(asset.id)
    desk.decide(review.id, LAWYER, comment="风险见内部备忘")
    desk.decide(review.id, OFFICER)
    for role in ("agency", "researcher"):
        answer = with_token(role).get(f"/api/v1/assets/{asset.id}/certificate")
        assert answer.status_code == 200
        assert "内部" not in answer.text
        assert answer.json()["evidence"][0]["file"] is None
    told = with_token("director").get(f"/api/v1/assets/{asset.id}/certificate").json()
    assert told["evidence"][0]["file"]["title"] == "内部检测报告"
    assert told["reviewers"][0]["comment"] == "风险见内部备忘"


def test_what_is_nested_without_end_is_a_problem(manager: Client) -> None:
    deep: dict[str, Any] = {}
    for _ in range(500):
        deep = {"a": deep}
    answer = manager.post(
        "/api/v1/assets", json={"kind": "message", "title": "深", "scenario": "other", "body": deep}
    )
    assert "deep" in str(_problem(answer, 422)["errors"])


def test_a_file_whose_reading_failed_is_read_again(
    service: Service, desk: LibraryDesk, manager: Client, with_token: AsRole
) -> None:
    asset = desk.add(text=None)
    path = f"/api/v1/assets/{asset.id}/versions/1/read-again"
    assert "读取失败" in _problem(manager.post(path), 422)["detail"]
    with desk.records.write() as session:
        version = session.get_one(AssetVersion, asset.current_version_id)
        version.processing, version.fault, version.attempts = "failed", "磁盘已满", 5
        version.next_due_at = None
    assert with_token("legal").post(path).status_code == 403
    assert _problem(manager.post(path.replace("/1/", "/2/")), 404)
    assert manager.post(path).json()["processing"] == "pending"
    version = desk.version(asset.current_version_id)
    assert (version.fault, version.attempts) == (None, 0)
    # What the desk holds has no bytes: that the worker took it on again is enough.
    assert process_due(service.records, service.files, service.clock, service.ids) == 1
    assert desk.told(asset.id)[-1] == "asset.read_again"


def test_the_page_offers_to_read_a_failed_file_again(
    desk: LibraryDesk, make_client: MakeClient
) -> None:
    asset = desk.add(text=None)
    with desk.records.write() as session:
        version = session.get_one(AssetVersion, asset.current_version_id)
        version.processing, version.fault = "failed", "磁盘已满"
    person = _session(desk, make_client, str(WRITER.id))
    assert "再读一次" in person.get(f"/assets/{asset.id}").text
    sent = {"number": "1", "csrf": "csrf"}
    assert person.post(f"/assets/{asset.id}/read-again", data={"number": "1"}).status_code == 403
    assert person.post(f"/assets/{asset.id}/read-again", data=sent).status_code == 303
    assert desk.version(asset.current_version_id).processing == "pending"
    again = person.post(f"/assets/{asset.id}/read-again", data=sent)
    assert again.status_code == 422
