"""GET /api/v1/assets, ``search --assets`` and ``reindex``."""

import json
from datetime import date
from typing import Any

import pytest
from child_process import run_module
from httpx import Client
from library_rows import put_asset, put_right
from record_databases import environ_of
from shared_values import AsRole

from api.permissions import Permission, Role, may
from api.wiring import Service
from assets.indexing import index_due


@pytest.fixture
def shelf(service: Service) -> Service:
    """A published asset, one whose licence has run out, and a draft."""
    with service.records.write() as session:
        put_asset(session, "open", "滤网海报", text="更换滤网", tags=["夏季"])
        put_asset(session, "over", "滤网视频", tags=["过期"])
        put_right(session, "over", date(2026, 6, 30), [])
        put_asset(session, "draft", "滤网草稿", state="draft", tags=["机密"])
    while index_due(service.records, service.asset_index, service.clock):
        pass
    return service


def ask(client: Client, **params: Any) -> dict[str, Any]:
    answer = client.get("/api/v1/assets", params=params)
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


def ids(body: dict[str, Any]) -> list[str]:
    return sorted(item["id"] for item in body["items"])


def test_hits_come_with_the_fields_of_the_contract_and_their_places(
    shelf: Service, with_token: AsRole
) -> None:
    body = ask(with_token("admin"), q="海报")
    (item,) = body["items"]
    fields = "id kind title description tags state available blocked_by version media_type size"
    assert set(fields.split()) | {"sha256", "updated_at"} <= set(item)
    assert item["places"] == [{"where": "title", "snippet": "滤网海报", "spans": [[2, 4]]}]
    assert (body["total"], body["next_cursor"]) == (1, None)
    assert "facets" not in body


@pytest.mark.parametrize("role", list(Role))
def test_totals_and_facets_tell_no_role_of_what_it_may_not_see(
    shelf: Service, with_token: AsRole, role: Role
) -> None:
    seen = {"open", "over", "draft"} if may(role, Permission.READ_DRAFTS) else {"open", "over"}
    seen = {"open"} if role is Role.AGENCY else seen
    tags = {"open": "夏季", "over": "过期", "draft": "机密"}
    for params in ({}, {"q": "滤网"}, {"q": "滤网 OR 机密", "state": ["draft", "published"]}):
        body = ask(with_token(role), facets=True, **params)
        assert set(ids(body)) == seen
        assert body["total"] == len(seen)
        assert set(body["facets"]["tags"]) == {tags[key] for key in seen}
        assert sum(body["facets"]["kinds"].values()) == len(seen)


def test_what_may_be_used_is_asked_for_by_day_and_channel(
    shelf: Service, with_token: AsRole
) -> None:
    admin = with_token("admin")
    assert ids(ask(admin, available=True)) == ["open"]
    assert ids(ask(admin, on="2026-06-30")) == ["open", "over"]
    assert ids(ask(admin, channel="weibo")) == ["open"]
    assert ids(ask(with_token("agency"), on="2026-06-30")) == ["open"]
    assert admin.get("/api/v1/assets", params={"channel": "tiktok"}).status_code == 422


def test_filters_and_cursors_are_taken_from_the_address(shelf: Service, with_token: AsRole) -> None:
    admin = with_token("admin")
    assert ids(ask(admin, tag="夏季", media_type="image", colour="red")) == ["open"]
    assert ids(ask(admin, orientation="portrait")) == []
    first = ask(admin, q="滤网", limit=2)
    second = ask(admin, q="滤网", limit=2, cursor=first["next_cursor"])
    assert sorted(ids(first) + ids(second)) == ["draft", "open", "over"]
    assert second["next_cursor"] is None
    wrong = ({"q": "("}, {"kind": "x"}, {"limit": 201}, {"cursor": "x"}, {"colour": "reddish"})
    for params in wrong:
        assert admin.get("/api/v1/assets", params=params).status_code == 422, params


def shengyu(service: Service, *arguments: str) -> tuple[int, list[Any], str]:
    ended = run_module("-m", "api.cli", *arguments, **environ_of(service.settings))
    lines = ended.stdout.decode("utf-8").splitlines()
    found = [json.loads(line) for line in lines] if "--json" in arguments else lines
    return ended.returncode, found, ended.stderr.decode("utf-8")


def test_the_command_finds_what_no_worker_has_carried_yet(service: Service) -> None:
    with service.records.write() as session:
        for number in range(3):
            put_asset(session, f"a{number}", f"星澜科技 第{number}版")
    code, found, _ = shengyu(service, "search", "xlkj", "--assets", "--json")
    assert code == 0
    assert sorted(each["id"] for each in found) == ["a0", "a1", "a2"]
    assert found[0]["places"][0]["where"] == "pinyin"
    assert len(shengyu(service, "search", "星澜", "--assets", "--limit", "2", "--json")[1]) == 2
    assert "星澜科技" in shengyu(service, "search", "星澜", "--assets", "--limit", "1")[1][0]
    code, found, said = shengyu(service, "search", "(", "--assets")
    assert (code, found) == (2, [])
    assert "请补上" in said


def test_reindex_makes_the_index_anew(shelf: Service) -> None:
    code, found, _ = shengyu(shelf, "reindex", "--json")
    assert (code, found) == (0, [{"written": 3, "removed": 0, "relabelled": 0, "months": 0}])
    code, _, said = shengyu(shelf, "reindex")
    assert code == 0
    assert "3" in said
