"""Sites that lead in circles, to walls or on for ever: what the report says, and that it ends."""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from crawlers_bad_site import Answer, MakeJob, serving_kind
from crawlers_odd_site import OddSite

from crawlers.identity import mention_id
from crawlers.job import CrawlReport
from crawlers.launch import run_crawl
from crawlers.raw import RawMention
from crawlers.spool import Spool

PLAIN = {"Content-Type": "text/plain"}


@pytest.fixture(scope="module")
def odd() -> Iterator[OddSite]:
    with serving_kind(OddSite) as site:
        yield site


Crawl = Callable[..., CrawlReport]


@pytest.fixture
def crawl(odd: OddSite, make_job: MakeJob) -> Crawl:
    def run(path: str, **fields: object) -> CrawlReport:
        return run_crawl(make_job(f"{odd.base}{path}", allow_private=(odd.pair,), **fields))

    return run


def spooled(spool: Spool) -> list[RawMention]:
    found: list[RawMention] = []
    for path in spool.pending():
        claimed = spool.claim(path)
        assert claimed is not None
        with claimed:
            found += claimed.read().mentions
    return found


@pytest.fixture
def spool(make_job: MakeJob) -> Spool:
    return Spool(make_job("/feed").spool_path)


@pytest.mark.parametrize(
    ("path", "error", "hint"),
    [
        ("/guarded", "leads to a login page", "登录"),
        ("/form", "shows a login form", "登录"),
        ("/captcha", "asks for a captcha", "验证码"),
        ("/sent-to-captcha", "leads to a captcha", "验证码"),
    ],
)
@pytest.mark.parametrize("kind", ["feed", "listing"])
def test_a_wall_is_named_and_not_passed(
    crawl: Crawl, spool: Spool, kind: str, path: str, error: str, hint: str
) -> None:
    report = crawl(path, kind=kind)
    assert report.status == "error"
    assert error in (report.error or "")
    assert hint in (report.hint or "")
    assert spool.backlog() == (0, 0)


def test_an_article_with_a_login_box_beside_it_is_no_wall(
    odd: OddSite, crawl: Crawl, spool: Spool
) -> None:
    report = crawl(f"/links/{odd.base}/members", kind="listing")
    assert (report.status, report.items, report.failed_pages) == ("ok", 2, 0)
    assert any("太贵" in mention.text for mention in spooled(spool))


def test_a_date_to_come_back_at_is_waited_for_at_most_a_week(odd: OddSite, crawl: Crawl) -> None:
    before = odd.asked.count("/later")
    assert crawl("/later").retry_after_s == 7 * 86400
    assert odd.asked.count("/later") == before + 1


def test_a_storm_of_errors_is_told_once_and_asked_once(odd: OddSite, crawl: Crawl) -> None:
    before = len(odd.asked)
    report = crawl("/storm", kind="listing")
    assert (report.status, report.items, report.failed_pages) == ("error", 0, 30)
    assert "HTTP 502" in (report.error or "")
    asked = [path for path in odd.asked[before:] if path.startswith("/down/")]
    assert len(asked) == len(set(asked)) == 30


def test_a_calendar_without_end_ends_at_the_page_cap(crawl: Crawl, spool: Spool) -> None:
    report = crawl("/calendar/1", kind="listing", max_pages=40)
    assert (report.status, report.pages, report.complete) == ("ok", 40, False)
    assert len(spooled(spool)) == report.items
    assert 0 < report.items <= 40


def test_a_calendar_without_end_ends_at_the_time_cap(crawl: Crawl, spool: Spool) -> None:
    began = time.monotonic()
    report = crawl("/calendar/1", kind="listing", max_pages=100_000, max_seconds=2.0)
    assert time.monotonic() - began < 12
    assert not report.complete
    assert len(spooled(spool)) == report.items > 0, "what was read before the cap is kept"


def test_ids_that_change_double_nothing_where_the_link_is_the_identity(
    crawl: Crawl, spool: Spool
) -> None:
    for _ in range(2):
        assert crawl("/changing", identity="url").items == 2
    names = {mention_id("weibo", "url", mention, "source_1") for mention in spooled(spool)}
    assert len(names) == 2


def test_a_clock_that_is_wrong_dates_nothing_in_the_future_or_at_the_epoch(
    crawl: Crawl, spool: Spool
) -> None:
    assert crawl("/skewed").items == 4
    now = datetime.now(UTC)
    for mention in spooled(spool):
        at = mention.published_at
        assert at is None or datetime(1990, 1, 1, tzinfo=UTC) < at <= now


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ((503, PLAIN, b"down"), "could not be read: HTTP 503"),
        ((200, PLAIN, b"User-agent: *\nDisallow: /\n"), "forbids"),
        ((200, PLAIN, b"#" * 9_000_000), "too large"),
        ((200, PLAIN, b"User-agent: shengyu\nDisallow: /\n"), "forbids"),
    ],
)
def test_rules_that_close_a_site_are_kept_and_so_are_rules_that_nobody_can_read(
    odd: OddSite, crawl: Crawl, answer: Answer, error: str
) -> None:
    odd.robots_answer = lambda: answer
    try:
        report = crawl("/feed")
    finally:
        odd.robots_answer = None
    assert report.status == "error"
    assert error in (report.error or "")
    assert odd.asked[-1] == "/robots.txt"


@pytest.mark.parametrize(
    "answer",
    [
        (404, PLAIN, b"User-agent: *\nDisallow: /\n"),
        (403, PLAIN, b""),
        (200, {"Content-Type": "text/html"}, b"<html><body>Disallow</body></html>"),
        (302, {"Location": "/robots.txt"}, b""),
        (200, PLAIN, b"\xff\xfe\x00 not text"),
        (200, PLAIN, b"User-agent: *\nDisallow: /page\n" + b"#" * 600_000 + b"\nDisallow: /\n"),
        (200, PLAIN, b"User-agent: other\nDisallow: /\n"),
    ],
)
def test_rules_that_are_none_close_nothing(odd: OddSite, crawl: Crawl, answer: Answer) -> None:
    odd.robots_answer = lambda: answer
    try:
        report = crawl("/feed")
    finally:
        odd.robots_answer = None
    assert (report.status, report.items) == ("ok", 2)
