"""REST as other programs see it: records, lists, paging, and what is said of errors."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, NoReturn

import httpx
import pytest
from httpx import Client
from shared_values import START, AsRole
from word_scorer import WordScorer

from api.wiring import Service
from api.worker import make_ingest
from core.errors import StorageError
from crawlers.raw import Batch, BatchHead, RawMention
from storage.mentions import Engagement
from storage.records.cases import CaseMention
from storage.records.watch import Brand

Watch = Callable[..., Brand]
LEAK = "星澜净化器质量太差，用了三天就漏水，客服还骗人说是正常现象。"
OTHER = "星澜手机屏幕摔坏了，修一次比买新的还贵，太坏了，再也不买星澜的手机。"
MENTION_FIELDS = {
    "id",
    "url",
    "platform",
    "kind",
    "title",
    "text",
    "author",
    "published_at",
    "detected_at",
    "engagement",
    "brands",
    "label",
    "p_negative",
    "p_neutral",
    "p_positive",
    "activity",
    "story_id",
    "case_ids",
    "trace_id",
    "highlights",
}
CASE_FIELDS = {
    "id",
    "title",
    "brand",
    "state",
    "severity",
    "opened_at",
    "detected_at",
    "response_due_at",
    "resolution_due_at",
    "acknowledged_at",
    "resolved_at",
    "owner",
    "mention_count",
    "version",
}
FEED = {
    "name": "论坛",
    "kind": "feed",
    "url": "https://forum.example.com/feed.xml",
    "platform": "forum",
}


@pytest.fixture
def spoken(service: Service, watch: Watch) -> list[Brand]:
    """Two brands and five mentions, of which two open a case each."""
    service.__dict__["scorer"] = WordScorer()
    brands = [watch("星澜", aliases=["xinglan"]), watch("远山", "competitor")]
    texts = [
        ("weibo", LEAK, 900),
        ("weibo", OTHER, 700),
        ("forum", "星澜净化器真好，喜欢，赞！", 3),
        ("forum", "远山扫地机太差了", 5),
        ("news", "星澜与远山今天同时发布新品", None),
    ]
    mentions = [
        RawMention(
            platform,
            text,
            START,
            native_id=str(number),
            url=f"https://example.cn/{number}",
            published_at=START - timedelta(minutes=number),
            engagement=Engagement(likes=likes),
        )
        for number, (platform, text, likes) in enumerate(texts)
    ]
    service.spool.put(Batch(BatchHead("batch_1", "trace_1", START), tuple(mentions)))
    assert make_ingest(service).next_batch()
    return brands


def problem(answer: httpx.Response, status: int) -> dict[str, Any]:
    """Return the problem details of *answer*, which must have them."""
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = answer.json()
    assert body["status"] == status
    assert body["title"]
    assert body["detail"]
    return body


def pages(client: Client, path: str, **parameters: Any) -> list[list[dict[str, Any]]]:
    """Follow the cursors of a list to its end."""
    found, cursor = [], None
    for _ in range(50):
        given = parameters | ({"cursor": cursor} if cursor else {})
        body = client.get(path, params=given).raise_for_status().json()
        found.append(body["items"])
        cursor = body["next_cursor"]
        if cursor is None:
            return found
    raise AssertionError("the cursors never end")


@pytest.mark.usefixtures("spoken")
def test_a_mention_has_the_fields_of_the_contract(admin: Client) -> None:
    items = admin.get("/api/v1/mentions").json()["items"]
    newest = items[0]
    assert set(newest) == MENTION_FIELDS
    assert newest["text"] == LEAK
    assert newest["published_at"] == "2026-07-01T08:00:00.000Z"
    assert newest["engagement"] == {"likes": 900, "comments": None, "shares": None, "views": None}
    [brand] = newest["brands"]
    assert set(brand) == {"id", "name", "role", "spans", "label", "p_negative"}
    assert [newest["text"][start:end] for start, end in brand["spans"]] == ["星澜"]
    assert len(newest["case_ids"]) == 1
    single = admin.get(f"/api/v1/mentions/{newest['id']}").json()
    assert single == {key: value for key, value in newest.items() if key != "highlights"}


@pytest.mark.parametrize(
    ("parameters", "count"),
    [
        ({}, 5),
        ({"platform": "weibo"}, 2),
        ({"platform": ["weibo", "news"]}, 3),
        ({"label": "positive"}, 1),
        ({"role": "competitor"}, 2),
        ({"q": "漏水"}, 1),
        ({"q": "brand:xinglan label:negative"}, 2),
        ({"q": "没有这个词"}, 0),
        ({"kind": "video"}, 0),
        ({"story": "story_none"}, 0),
        ({"source": "src_none"}, 0),
    ],
)
@pytest.mark.usefixtures("spoken")
def test_mentions_are_found_by_query_and_filters(
    admin: Client, parameters: dict[str, Any], count: int
) -> None:
    body = admin.get("/api/v1/mentions", params=parameters).json()
    assert (body["total"], len(body["items"])) == (count, count)


def test_mentions_of_one_brand(admin: Client, spoken: list[Brand]) -> None:
    body = admin.get("/api/v1/mentions", params={"brand": spoken[1].id}).json()
    assert body["total"] == 2


@pytest.mark.usefixtures("spoken")
def test_cursors_lead_through_every_mention_once(admin: Client) -> None:
    found = pages(admin, "/api/v1/mentions", limit=2)
    assert [len(page) for page in found] == [2, 2, 1]
    assert len({item["id"] for page in found for item in page}) == 5


@pytest.mark.usefixtures("spoken")
def test_what_was_searched_for_is_marked(admin: Client) -> None:
    [item] = admin.get("/api/v1/mentions", params={"q": "漏水"}).json()["items"]
    assert [item["text"][start:end] for start, end in item["highlights"]] == ["漏水"]


@pytest.mark.parametrize("q", ["(漏水", '"漏水', "label:angry", "brand:没有的品牌", "before:soon"])
@pytest.mark.usefixtures("spoken")
def test_a_wrong_query_is_told_with_its_place(admin: Client, q: str) -> None:
    body = problem(admin.get("/api/v1/mentions", params={"q": q}), 422)
    assert body["field"] == "q"
    assert 0 <= body["position"] <= len(q)


@pytest.mark.parametrize("path", ["mentions", "cases", "brands", "sources"])
@pytest.mark.parametrize(
    ("parameters", "field"),
    [
        ({"limit": 0}, "limit"),
        ({"limit": 201}, "limit"),
        ({"limit": "many"}, "limit"),
        ({"cursor": "nonsense"}, "cursor"),
        ({"cursor": "é"}, "cursor"),
        ({"cursor": "e30"}, "cursor"),
    ],
)
def test_a_wrong_limit_or_cursor_is_told_by_its_name(
    admin: Client, path: str, parameters: dict[str, Any], field: str
) -> None:
    body = problem(admin.get(f"/api/v1/{path}", params=parameters), 422)
    named = body.get("field") or body["errors"][0]["field"]
    assert named.split(".")[-1] == field


@pytest.mark.parametrize("path", ["mentions", "cases", "brands", "sources"])
def test_what_is_not_there_is_not_found(admin: Client, path: str) -> None:
    problem(admin.get(f"/api/v1/{path}/none"), 404)


def test_an_unknown_path_and_method_are_problems_too(admin: Client) -> None:
    problem(admin.get("/api/v1/weather"), 404)
    refused = admin.patch("/api/v1/brands")
    problem(refused, 405)
    assert refused.headers["allow"]


@pytest.mark.usefixtures("spoken")
def test_who_may_not_see_cases_does_not_learn_of_them(with_token: AsRole) -> None:
    items = with_token("researcher").get("/api/v1/mentions").json()["items"]
    assert [item["case_ids"] for item in items] == [[]] * 5


@pytest.mark.usefixtures("spoken")
def test_a_case_has_the_fields_of_the_contract(admin: Client) -> None:
    body = admin.get("/api/v1/cases").json()
    assert body["total"] == 2
    case = body["items"][0]
    assert set(case) == CASE_FIELDS
    assert case["brand"]["name"] == "星澜"
    assert (case["state"], case["owner"], case["version"]) == ("open", None, 1)
    assert case["resolution_due_at"] == "2026-07-02T08:00:00.000Z"
    whole = admin.get(f"/api/v1/cases/{case['id']}").json()
    assert whole.items() >= case.items()
    assert whole["evidence"][0]["text"] in {LEAK, OTHER}
    assert whole["evidence_total"] == len(whole["evidence"]) == 1
    assert whole["timeline"][0]["kind"] == "opened"
    assert "acknowledge" in whole["actions"]


@pytest.mark.parametrize(
    ("parameters", "count"),
    [
        ({"state": "open"}, 2),
        ({"state": "resolved"}, 0),
        ({"state": ["open", "resolved"]}, 2),
        ({"open": True}, 2),
        ({"q": "漏水"}, 1),
        ({"q": "%"}, 0),
        ({"brand": "brand_none"}, 0),
        ({"owner": "user_none"}, 0),
    ],
)
@pytest.mark.usefixtures("spoken")
def test_cases_are_found_by_words_and_filters(
    admin: Client, parameters: dict[str, Any], count: int
) -> None:
    body = admin.get("/api/v1/cases", params=parameters).json()
    assert (body["total"], len(body["items"])) == (count, count)


@pytest.mark.usefixtures("spoken")
def test_cursors_lead_through_every_case_once(admin: Client) -> None:
    found = pages(admin, "/api/v1/cases", limit=1)
    assert [len(page) for page in found] == [1, 1]
    assert found[0] != found[1]


@pytest.mark.usefixtures("spoken")
def test_a_case_of_thousands_gives_its_hottest_evidence_and_pages_of_the_rest(
    admin: Client, service: Service
) -> None:
    case_id = admin.get("/api/v1/cases").json()["items"][0]["id"]
    add_copies(service, case_id, 1_200)
    path = f"/api/v1/cases/{case_id}"
    whole = admin.get(path).json()
    heats = [item["heat"] for item in whole["evidence"]]
    assert heats == sorted(range(1_000, 2_200), reverse=True)[:200]
    assert whole["evidence_total"] == 1_201
    body = admin.get(f"{path}/evidence").json()
    assert (len(body["items"]), body["total"]) == (20, 1_201)
    assert body["items"][0].keys() == whole["evidence"][0].keys()
    found = [item for page in pages(admin, f"{path}/evidence", limit=190) for item in page]
    assert len({item["mention_id"] for item in found}) == len(found) == 1_201
    assert [item["joined_at"] for item in found] == sorted(item["joined_at"] for item in found)


@pytest.mark.usefixtures("spoken")
@pytest.mark.parametrize(
    ("parameters", "field"),
    [
        ({"limit": 0}, "limit"),
        ({"limit": 201}, "limit"),
        ({"cursor": "nonsense"}, "cursor"),
        ({"cursor": "e30"}, "cursor"),
    ],
)
def test_a_wrong_page_of_evidence_is_told_by_its_name(
    admin: Client, parameters: dict[str, Any], field: str
) -> None:
    case_id = admin.get("/api/v1/cases").json()["items"][0]["id"]
    answer = admin.get(f"/api/v1/cases/{case_id}/evidence", params=parameters)
    assert field in str(problem(answer, 422))


def test_a_case_that_is_not_there_has_no_evidence(admin: Client) -> None:
    problem(admin.get("/api/v1/cases/none/evidence"), 404)


def add_copies(service: Service, case_id: str, count: int) -> None:
    """Let a case have *count* more mentions, two a minute, each hotter than the one before."""
    with service.records.write() as session:
        first = session.query(CaseMention).filter_by(case_id=case_id).one()
        for n in range(count):
            session.add(
                CaseMention(
                    mention_id=f"copy{n:05}",
                    brand_id=first.brand_id,
                    case_id=case_id,
                    joined_at=first.joined_at + timedelta(minutes=n // 2),
                    published_at=first.published_at,
                    heat=1_000 + n,
                    p_negative=first.p_negative,
                    evidence=first.evidence,
                )
            )


@pytest.mark.usefixtures("spoken")
def test_a_case_is_acted_on_with_the_version_that_was_read(admin: Client) -> None:
    case = admin.get("/api/v1/cases").json()["items"][0]
    path = f"/api/v1/cases/{case['id']}"
    taken = admin.post(f"{path}/take", json={"version": 1}).json()
    assert (taken["state"], taken["owner"]["name"], taken["version"]) == (
        "acknowledged",
        "管理员",
        2,
    )
    problem(admin.post(f"{path}/respond", json={"version": 1}), 409)
    assert admin.post(f"{path}/note", json={"version": 2, "text": "已联系用户"}).status_code == 200
    resolved = {"version": 3, "cause": "批次缺陷", "outcome": "已退款", "lesson": "加检"}
    assert admin.post(f"{path}/resolve", json=resolved).json()["state"] == "resolved"
    body = problem(admin.post(f"{path}/acknowledge", json={"version": 4}), 422)
    assert body["detail"]


@pytest.mark.usefixtures("spoken")
def test_an_action_that_there_is_not_or_lacks_its_words_is_refused(admin: Client) -> None:
    case = admin.get("/api/v1/cases").json()["items"][0]
    path = f"/api/v1/cases/{case['id']}"
    problem(admin.post(f"{path}/delete", json={"version": 1}), 422)
    problem(admin.post(f"{path}/take", json={}), 422)
    problem(admin.post(f"{path}/take", json={"version": 1, "colour": "red"}), 422)
    problem(admin.post(f"{path}/dismiss", json={"version": 1}), 422)
    problem(admin.post("/api/v1/cases/none/take", json={"version": 1}), 404)


@pytest.mark.usefixtures("spoken")
def test_a_program_acts_under_the_name_of_its_token(with_token: AsRole) -> None:
    bot = with_token("brand_manager")
    case = bot.get("/api/v1/cases").json()["items"][0]
    done = bot.post(f"/api/v1/cases/{case['id']}/acknowledge", json={"version": 1})
    assert done.json()["state"] == "acknowledged"
    timeline = bot.get(f"/api/v1/cases/{case['id']}").json()["timeline"]
    assert ("acknowledged", "brand_manager") in {(each["kind"], each["actor"]) for each in timeline}


def test_a_brand_lives_from_adding_to_retiring(admin: Client) -> None:
    made = admin.post("/api/v1/brands", json={"name": "星澜", "role": "own", "aliases": ["澜"]})
    assert made.status_code == 201
    brand = made.json()
    path = f"/api/v1/brands/{brand['id']}"
    assert admin.get(path).json() == brand
    change = {"name": "星澜科技", "role": "own", "version": 1}
    assert admin.put(path, json=change).json()["version"] == 2
    problem(admin.put(path, json=change), 409)
    problem(admin.delete(path, params={"version": 1}), 409)
    assert admin.delete(path, params={"version": 2}).json()["archived_at"]
    assert admin.get("/api/v1/brands").json()["items"] == []
    assert admin.get(path).json()["name"] == "星澜科技"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"name": "", "role": "own"}, "name"),
        ({"name": "x", "role": "friend"}, "role"),
        ({"role": "own"}, "name"),
        ({"name": "x", "role": "own", "aliases": "y"}, "aliases"),
        ({"name": "x", "role": "own", "aliases": ["长" * 101]}, "aliases"),
        ({"name": "x", "role": "own", "colour": "red"}, "colour"),
        ({"name": 7, "role": "own"}, "name"),
    ],
)
def test_a_wrong_brand_is_told_by_its_field(
    admin: Client, body: dict[str, Any], field: str
) -> None:
    told = problem(admin.post("/api/v1/brands", json=body), 422)
    named = told.get("field") or told["errors"][0]["field"]
    assert field in named.split(".")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"\xff\xfe",
        b'{"name": "\\ud800", "role": "own"}',
        b'{"\\ud800": 1}',
        b'{"name": "x", "role": "own", "aliases": ["\\udfff"]}',
        b'{"name": "x", "role": "own"' + b"[" * 50_000,
    ],
)
def test_a_body_that_cannot_be_read_is_a_problem_and_no_crash(admin: Client, body: bytes) -> None:
    headers = {"content-type": "application/json"}
    answer = admin.post("/api/v1/brands", content=body, headers=headers)
    assert answer.status_code in {400, 422}
    problem(answer, answer.status_code)


def test_brands_come_own_ones_first_by_words_role_and_page(admin: Client, watch: Watch) -> None:
    for name, role in (("远山", "competitor"), ("星澜", "own"), ("政策", "industry")):
        watch(name, role, aliases=[f"{name}A"])
    names = [[item["name"] for item in page] for page in pages(admin, "/api/v1/brands", limit=2)]
    assert names == [["星澜", "远山"], ["政策"]]
    for parameters, found in (
        ({"q": "星瀾ａ"}, ["星澜"]),
        ({"role": ["own", "industry"]}, ["星澜", "政策"]),
        ({"q": "没有"}, []),
    ):
        body = admin.get("/api/v1/brands", params=parameters).json()
        assert [item["name"] for item in body["items"]] == found
        assert body["total"] == len(found)


def test_a_source_lives_from_adding_to_running(admin: Client) -> None:
    made = admin.post("/api/v1/sources", json=FEED)
    assert made.status_code == 201
    source = made.json()
    path = f"/api/v1/sources/{source['id']}"
    assert admin.get(path).json() == source
    changed = admin.put(path, json=FEED | {"interval_s": 600, "version": 1}).json()
    assert (changed["interval_s"], changed["version"]) == (600, 2)
    problem(admin.put(path, json=FEED | {"version": 1}), 409)
    paused = admin.post(f"{path}/enabled", json={"enabled": False, "version": 2}).json()
    assert (paused["enabled"], paused["version"]) == (False, 3)
    problem(admin.post(f"{path}/enabled", json={"enabled": True, "version": 2}), 409)
    assert admin.post(f"{path}/run").status_code == 202


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"url": "http://127.0.0.1/"}, "url"),
        ({"url": "file:///etc/passwd"}, "url"),
        ({"interval_s": 1}, "interval_s"),
        ({"kind": "guess"}, "kind"),
        ({"kind": "listing"}, "item"),
        ({"name": ""}, "name"),
        ({"secret": "x"}, "secret"),
    ],
)
def test_a_wrong_source_is_told_by_its_field(
    admin: Client, change: dict[str, Any], field: str
) -> None:
    told = problem(admin.post("/api/v1/sources", json=FEED | change), 422)
    named = told.get("field") or told["errors"][0]["field"]
    assert field in named.split(".")


def test_sources_come_by_name_by_words_kind_and_page(admin: Client) -> None:
    for name in ("丙", "甲", "乙"):
        admin.post("/api/v1/sources", json=FEED | {"name": name}).raise_for_status()
    found = pages(admin, "/api/v1/sources", limit=2)
    names = [item["name"] for page in found for item in page]
    assert names == sorted(names)
    assert [len(page) for page in found] == [2, 1]
    for parameters, count in (
        ({"q": "甲"}, 1),
        ({"q": "forum"}, 3),
        ({"kind": "listing"}, 0),
        ({"enabled": True}, 3),
        ({"enabled": False}, 0),
    ):
        assert admin.get("/api/v1/sources", params=parameters).json()["total"] == count


def test_the_document_and_its_page_ask_for_nothing_from_elsewhere(client: Client) -> None:
    document = client.get("/api/openapi.json").json()
    assert document["info"]["title"] == "Shengyu 声誉"
    page = client.get("/api/docs").text
    assert "/api/v1/mentions" in page
    assert "https://" not in page.replace("https://www.w3.org", "")


def test_health_needs_no_login_and_tells_which_store_is_down(
    service: Service, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert client.get("/health/live").json() == {"status": "ok"}
    ready = client.get("/health/ready")
    assert (ready.status_code, ready.json()["status"]) == (200, "ok")

    service.index.close()
    limping = client.get("/health/ready")
    assert limping.status_code == 200
    told = {"status": "degraded", "records": "ok", "index": "unreachable", "files": "ok"}
    assert limping.json() == told

    def broken() -> NoReturn:
        raise StorageError("disk full")

    monkeypatch.setattr(service.records, "read", broken)
    down = client.get("/health/ready")
    assert down.status_code == 503
    assert down.json() == told | {"status": "unavailable", "records": "unreachable"}
    assert client.get("/health/live").status_code == 200


def test_a_store_that_is_down_is_a_503_for_rest(
    service: Service, admin: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> int:
        raise StorageError("the index cannot be read")

    monkeypatch.setattr(service.index, "search", broken)
    refused = admin.get("/api/v1/mentions")
    problem(refused, 503)
    assert refused.headers["retry-after"] == "5"
