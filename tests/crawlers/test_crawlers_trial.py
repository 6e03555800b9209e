"""A trial: the real crawl, each item with its fate and the reason, and nothing stored."""

import os
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from crawlers_api_site import ApiSite, serving_api
from crawlers_bad_site import item, rss
from sqlalchemy import func, select

from api.trial import judge_of, unsaved_job
from api.wiring import Service
from api.worker import make_ingest
from core.errors import InvalidInput
from crawlers.job import CrawlJob
from crawlers.launch import run_crawl
from crawlers.sources import SourceInput
from crawlers.trial import KNOWN, NO_BRAND, REPEATED, Trial, try_source
from sentiment.brands import BrandInput, add_brand
from storage.records.watch import BatchReceipt, Source

RSS = {"Content-Type": "application/xml; charset=utf-8"}


@pytest.fixture
def web() -> Iterator[ApiSite]:
    with serving_api() as site:
        yield site


@pytest.fixture
def watching(service: Service) -> Service:
    with service.records.write() as session:
        add_brand(session, BrandInput("星澜"), "admin", service.clock, service.ids)
    return service


def job_of(service: Service, web: ApiSite, **fields: Any) -> CrawlJob:
    given = SourceInput("试", "feed", "https://f.example/feed", "weibo", delay_s=0.0, **fields)
    job = unsaved_job(service, given)
    return replace(job, url=f"{web.base}/feed", allow_private=(web.pair,))


def tried(service: Service, web: ApiSite, **fields: Any) -> Trial:
    return try_source(job_of(service, web, **fields), judge_of(service), service.index)


def test_each_item_is_told_with_its_fate_and_the_reason(watching: Service, web: ApiSite) -> None:
    said = ("星澜净化器太差了，客服骗人", "天气很好", "星澜净化器太差了，客服骗人")
    body = rss(*(item(n, text) for n, text in enumerate(said)), item(0, said[0]))
    web.routes["/feed"] = lambda _: (200, RSS | {"ETag": '"1"'}, body)
    trial = tried(watching, web)
    assert (trial.status, trial.pages, trial.complete) == ("ok", 1, True)
    assert [each.kept for each in trial.items] == [True, False, True, False]
    first, other, _, again = trial.items
    assert "星澜（负面，负面概率" in first.why
    assert first.label == "negative"
    assert (other.why, other.label) == (NO_BRAND, None)
    assert again.why == REPEATED


def test_what_is_in_the_index_is_told_as_known(watching: Service, web: ApiSite) -> None:
    web.routes["/feed"] = lambda _: (200, RSS, rss(item(1, "星澜净化器太差了")))
    job = job_of(watching, web)
    run_crawl(replace(job, spool=str(watching.spool.path)))
    make_ingest(watching).next_batch()
    trial = try_source(job, judge_of(watching), watching.index)
    assert [(each.kept, each.why) for each in trial.items] == [(False, KNOWN)]


def test_nothing_is_stored(watching: Service, web: ApiSite) -> None:
    web.routes["/feed"] = lambda _: (200, RSS, rss(item(1, "星澜净化器太差了")))
    assert tried(watching, web).items
    assert watching.spool.pending() == []
    with watching.records.read() as session:
        assert session.scalar(select(func.count()).select_from(Source)) == 0
        assert session.scalar(select(func.count()).select_from(BatchReceipt)) == 0


def test_a_trial_asks_as_for_the_first_time_and_within_its_caps(
    watching: Service, web: ApiSite
) -> None:
    web.routes["/feed"] = lambda _: (200, RSS, rss(item(1, "星澜净化器太差了")))
    job = replace(job_of(watching, web), etag='"1"', known=("0123456789abcdef",))
    assert try_source(job, judge_of(watching), watching.index).items
    asked = next(each for each in web.asked if each.path == "/feed")
    assert "If-None-Match" not in asked.headers


def test_a_site_that_fails_is_told_with_advice(watching: Service, web: ApiSite) -> None:
    trial = tried(watching, web)
    assert (trial.status, trial.items) == ("error", ())
    assert "HTTP 404" in (trial.error or "")
    assert trial.hint


def test_a_source_that_cannot_be_is_refused_before_anything_is_asked(watching: Service) -> None:
    with pytest.raises(InvalidInput) as refused:
        unsaved_job(watching, SourceInput("试", "feed", "http://127.0.0.1/", "x"))
    assert refused.value.field == "url"


def test_a_trial_of_a_folder_reads_its_files(watching: Service) -> None:
    folder = watching.workspace.inbox / "exports"
    folder.mkdir(parents=True)
    path = folder / "a.jsonl"
    path.write_text('{"platform": "weibo", "native_id": "1", "text": "星澜净化器太差了"}\n')
    os.utime(path, (1_700_000_000, 1_700_000_000))
    given = SourceInput("夹", "folder", "", "weibo", rules={"folder": "exports"})
    job = unsaved_job(watching, given)
    for _ in range(2):
        trial = try_source(job, judge_of(watching), watching.index)
        assert [each.kept for each in trial.items] == [True], trial
