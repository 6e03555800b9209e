"""JSON APIs as crawls read them, good ones and bad ones, against a real server."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from crawlers_api_site import ApiSite, Asked, as_json, serving_api
from crawlers_bad_site import MakeJob

from crawlers.job import CrawlJob
from crawlers.launch import run_crawl
from crawlers.raw import Batch, RawMention
from crawlers.spool import Spool

FIELDS = {
    "native_id": "id",
    "title": "title",
    "text": "text",
    "author": "user.name",
    "published_at": "time",
    "likes": "likes",
}
RULES = {"items": "data.list", "fields": FIELDS, "url_template": "https://f.example/t/{native_id}"}


@pytest.fixture
def api() -> Iterator[ApiSite]:
    with serving_api() as site:
        yield site


@pytest.fixture
def make(api: ApiSite, make_job: MakeJob) -> MakeJob:
    def make(path: str, rules: dict[str, Any], **fields: Any) -> CrawlJob:
        given = {"kind": "json_api", "rules": rules, "allow_private": (api.pair,)}
        return make_job(f"{api.base}{path}", **(given | fields))

    return make


def batches(job: CrawlJob) -> list[Batch]:
    spool, found = Spool(job.spool_path), []
    for path in spool.pending():
        claimed = spool.claim(path)
        assert claimed is not None
        with claimed:
            found.append(claimed.read())
    return found


def mentions(job: CrawlJob) -> list[RawMention]:
    return [mention for batch in batches(job) for mention in batch.mentions]


def post(number: int, **more: Any) -> dict[str, Any]:
    text = f"<p>星澜净化器滤芯涨价 {number}</p>"
    user = {"name": "林小雨"}
    return {"id": number, "title": "涨价", "text": text, "user": user, "time": 1762128000} | more


def listed(*posts: dict[str, Any]) -> dict[str, Any]:
    return {"code": 0, "data": {"list": list(posts)}}


def test_items_become_mentions_by_their_fields(api: ApiSite, make: MakeJob) -> None:
    entry = post(7, time=1762128000123, likes="1.5万")
    api.routes["/list"] = lambda _: as_json(listed(entry, post(8, time="2025年11月3日 8:00")))
    job = make("/list", RULES)
    assert run_crawl(job).items == 2
    first, second = mentions(job)
    assert (first.native_id, first.url) == ("7", "https://f.example/t/7")
    assert (first.title, first.text) == ("涨价", "星澜净化器滤芯涨价 7")
    assert first.engagement.likes == 15_000
    assert first.published_at is not None
    assert first.published_at.isoformat() == "2025-11-03T00:00:00+00:00"
    assert second.published_at == first.published_at
    assert first.author is not None
    assert first.author.startswith("林**")


@pytest.mark.parametrize("around", ["cb({})", "/**/jQuery.cb({});", ")]}}',\n{}", "while(1);{}"])
def test_what_shields_the_json_is_taken_off(api: ApiSite, make: MakeJob, around: str) -> None:
    body = around.format(json.dumps(listed(post(1)))).encode()
    api.routes["/list"] = lambda _: (200, {"Content-Type": "text/javascript"}, body)
    assert run_crawl(make("/list", RULES)).items == 1


def test_pages_by_number_end_with_the_first_empty_one(api: ApiSite, make: MakeJob) -> None:
    def page(asked: Asked) -> Any:
        number = int(asked.query["p"])
        return as_json(listed(*(post(10 * number + n) for n in range(2) if number < 4)))

    api.routes["/list"] = page
    job = make("/list?q=a", RULES | {"paging": {"by": "page", "parameter": "p"}})
    report = run_crawl(job)
    assert (report.items, report.complete) == (6, True)
    assert [each.query for each in api.asked if each.path == "/list"] == [
        {"q": "a", "p": str(number)} for number in (1, 2, 3, 4)
    ]


def test_a_cursor_is_followed_in_the_body_of_a_post(api: ApiSite, make: MakeJob) -> None:
    def page(asked: Asked) -> Any:
        cursor = json.loads(asked.body)["page"]["after"]
        following = {None: "b", "b": "c", "c": None}[cursor]
        return as_json(listed(post(ord(cursor or "a"))) | {"next": following})

    api.routes["/list"] = page
    rules = RULES | {
        "method": "POST",
        "body": {"page": {"after": "{page}"}, "q": "星澜"},
        "paging": {"by": "cursor", "next": "next"},
    }
    job = make("/list", rules)
    assert run_crawl(job).items == 3
    posts = [each for each in api.asked if each.path == "/list"]
    assert {each.method for each in posts} == {"POST"}
    assert json.loads(posts[1].body) == {"page": {"after": "b"}, "q": "星澜"}


def test_the_same_page_for_ever_is_asked_for_twice(api: ApiSite, make: MakeJob) -> None:
    api.routes["/list"] = lambda _: as_json(listed(post(1), post(2)))
    report = run_crawl(make("/list", RULES | {"paging": {"by": "page", "parameter": "p"}}))
    assert report.items == 2
    assert api.paths() == ["/list"] * 2


def test_ids_that_change_for_ever_end_at_the_cap_of_pages(api: ApiSite, make: MakeJob) -> None:
    api.routes["/list"] = lambda _: as_json(listed(post(len(api.asked) * 10)))
    rules = RULES | {"paging": {"by": "offset", "parameter": "o", "step": 1}}
    report = run_crawl(make("/list", rules, max_pages=5))
    assert (report.items, report.complete) == (5, False)


def test_a_circle_of_addresses_is_left(api: ApiSite, make: MakeJob) -> None:
    def page(asked: Asked) -> Any:
        at = int(asked.query.get("at", "0"))
        return as_json(listed(post(at)) | {"next": f"/list?at={(at + 1) % 3}"})

    api.routes["/list"] = page
    report = run_crawl(make("/list", RULES | {"paging": {"by": "url", "next": "next"}}))
    assert report.items == 3
    assert len(api.paths()) <= 5


def test_a_next_address_on_a_private_host_is_refused(api: ApiSite, make: MakeJob) -> None:
    with serving_api() as other:
        answer = listed(post(1)) | {"next": f"{other.base}/secret"}
        api.routes["/list"] = lambda _: as_json(answer)
        rules = RULES | {"paging": {"by": "url", "next": "next"}}
        report = run_crawl(make("/list", rules))
        assert (report.status, report.items) == ("ok", 1)
        assert "public internet" in (report.error or "")
        assert other.asked == []


def test_known_items_are_left_out_and_a_page_of_them_ends_it(api: ApiSite, make: MakeJob) -> None:
    def page(asked: Asked) -> Any:
        number = int(asked.query["p"])
        return as_json(listed(post(10 * number), post(10 * number + 1)))

    api.routes["/list"] = page
    rules = RULES | {"paging": {"by": "page", "parameter": "p"}}
    first = make("/list", rules, max_pages=2)
    run_crawl(first)
    known = tuple(key for batch in batches(first) for key in batch.head.visited)
    assert len(known) == 4
    asked_before = len(api.paths())
    again = make("/list", rules, known=known)
    report = run_crawl(again)
    assert (report.status, report.items, report.known, report.complete) == ("ok", 0, 2, True)
    assert len(api.paths()) == asked_before + 1


def test_comments_are_asked_for_item_by_item(api: ApiSite, make: MakeJob) -> None:
    api.routes["/list"] = lambda _: as_json(listed(post(1), post(2)))
    comment = {"id": "c9", "body": "我家也涨了", "by": "周末", "likes": 3}
    api.routes["/c/1"] = lambda _: as_json([comment, {"body": "没有编号"}, {"other": 1}])
    below = {
        "url": f"{api.base}/c/{{native_id}}",
        "items": "@",
        "fields": {"native_id": "id", "text": "body", "author": "by", "likes": "likes"},
    }
    job = make("/list", RULES | {"comments": below})
    report = run_crawl(job)
    assert (report.status, report.items, report.failed_pages) == ("ok", 4, 1)
    found = [mention for mention in mentions(job) if mention.kind == "comment"]
    assert [(each.native_id, each.text) for each in found][:1] == [("c9", "我家也涨了")]
    assert {each.url for each in found} == {"https://f.example/t/1"}
    assert {each.title for each in found} == {"涨价"}
    assert all(each.native_id for each in found)
    visited = [key for batch in batches(job) for key in batch.head.visited]
    assert len(visited) == 1, "the item whose comments could not be had is asked for again"


def test_an_error_inside_a_good_answer_is_told(api: ApiSite, make: MakeJob) -> None:
    api.routes["/list"] = lambda _: as_json(
        {"code": 40100, "msg": "请先登录", "data": {"list": []}}
    )
    rules = RULES | {"ok": "code == `0`", "error_message": "msg"}
    report = run_crawl(make("/list", rules))
    assert report.status == "error"
    assert "请先登录" in (report.error or "")


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (b"[" * 200_000, "nested too deep"),
        (b'{"a":' * 100_000, "nested too deep"),
        (b"<html>login</html>", "no JSON"),
        (b'{"data":{"list":' + b"9" * 10_000 + b"}}", "no JSON"),
        (b'{"data": null}', "holds nothing at data.list"),
        (b'{"data": {"list": [1, null, "a", {"x": {}}]}}', "holds any text"),
        (b'{"data": {"list": "' + b"x" * 9_000_000 + b'"}}', "8388608"),
    ],
    ids=["brackets", "braces", "html", "digits", "changed", "textless", "huge"],
)
def test_hostile_and_changed_answers_are_told(
    api: ApiSite, make: MakeJob, body: bytes, error: str
) -> None:
    api.routes["/list"] = lambda _: (200, {"Content-Type": "application/json"}, body)
    report = run_crawl(make("/list", RULES))
    assert (report.status, report.items) == ("error", 0)
    assert error in (report.error or "")
    assert report.hint


def test_a_million_items_end_at_the_cap(api: ApiSite, make: MakeJob) -> None:
    numbers = b",".join(b"%d" % n for n in range(1_000_000))
    api.routes["/list"] = lambda _: (200, {}, b'{"data":{"list":[' + numbers + b"]}}")
    rules = {"items": "data.list", "fields": {"text": "to_string(@)"}}
    report = run_crawl(make("/list", rules, max_seconds=60.0))
    assert (report.status, report.items, report.complete) == ("ok", 10_000, False)
    assert "10000" in (report.hint or "")
