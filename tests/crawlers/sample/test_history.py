"""The sample's past: two weeks of posts, dated from the first start, with stories and copies."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from core.errors import InvalidInput
from crawlers.sample.history import moment, past
from crawlers.sample.load import SampleBrand, brands, mentions
from crawlers.sample.script import steps
from crawlers.sample.site import SampleSite
from sentiment.matching import WatchedBrand, Watchlist
from sentiment.stories import same_story, signature
from storage.mentions import full_text

OWN = "星澜科技"


def texts() -> dict[str, str]:
    return {one.told.id: full_text(one.told.title, one.told.text) for one in past()}


def stories() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for one in past():
        if one.told.story:
            found.setdefault(one.told.story, []).append(one.told.id)
    return found


def watched(brand: SampleBrand) -> WatchedBrand:
    return WatchedBrand(
        id=brand.name,
        name=brand.name,
        role=brand.role,
        aliases=brand.aliases,
        products=brand.products,
        people=brand.people,
        exclude=brand.exclude,
        context=brand.context,
    )


def test_at_least_a_hundred_and_fifty_lie_in_the_last_fourteen_days(started_at: datetime) -> None:
    assert len(past()) >= 150
    published = [one.published(started_at) for one in past()]
    assert min(published) > started_at - timedelta(days=14)
    assert max(published) < started_at - timedelta(minutes=30)
    assert len({moment.date() for moment in published}) >= 14


@pytest.mark.parametrize("hour", range(24))
def test_they_are_past_whatever_the_time_of_the_first_start(hour: int) -> None:
    started_at = datetime(2026, 3, 1, hour, 1, tzinfo=UTC)
    ages = [started_at - one.published(started_at) for one in past()]
    assert timedelta(minutes=30) < min(ages)
    assert max(ages) < timedelta(days=14)
    assert ages == sorted(ages, reverse=True), "the file is in the order of time"


def test_every_text_names_the_brands_that_it_is_about() -> None:
    watchlist = Watchlist([watched(brand) for brand in brands()])
    read = texts()
    wrong = [
        one.told.id
        for one in past()
        if {match.brand.name for match in watchlist.match(read[one.told.id])} != set(one.told.about)
    ]
    assert wrong == []


def test_rivals_are_talked_about_too() -> None:
    counts = Counter(name for one in past() for name in one.told.about)
    assert counts[OWN] >= 90
    assert counts["蓝鲸智能"] >= 25
    assert counts["沐风电器"] >= 20


def test_at_least_five_stories_have_three_to_eight_copies() -> None:
    copied = {name: ids for name, ids in stories().items() if len(ids) > 1}
    assert len(copied) >= 5
    assert all(3 <= len(ids) <= 8 for ids in copied.values())


def test_copies_tell_their_story_and_nothing_else_does() -> None:
    read = texts() | {one.id: full_text(one.title, one.text) for one in mentions()}
    marks = {key: signature(text) for key, text in read.items()}
    for ids in stories().values():
        first = ids[0]
        alike = {
            key for key in read if same_story(read[first], marks[first], read[key], marks[key])
        }
        assert alike == set(ids)


def test_ids_are_its_own() -> None:
    assert not {one.told.id for one in past()} & {one.id for one in mentions()}


def test_every_post_has_its_page_on_the_sites(site: SampleSite, started_at: datetime) -> None:
    folders = {"news": "news", "forum": "forum/t", "feed": "posts", "shop": "reviews"}
    for one in past():
        path = f"/sample/{folders[one.told.site]}/{one.told.id}.html"
        status, _, body = site.respond(path)
        assert status == 200, path
        assert one.published(started_at).strftime("%Y") in body.decode()


def test_no_list_leads_a_crawl_there_again(site: SampleSite) -> None:
    for path in ("/sample/news/", "/sample/news/page/2", "/sample/forum/", "/sample/feed.xml"):
        assert "h-0" not in site.respond(path)[2].decode()


@pytest.mark.parametrize("at", ["", "-5", "day 3 10:00", "day -3", "day -3 30:00", "tomorrow"])
def test_another_form_of_time_is_refused(at: str, started_at: datetime) -> None:
    with pytest.raises((InvalidInput, ValueError)):
        moment(at, started_at)


def test_the_script_is_about_stories_and_goes_forward_in_time() -> None:
    last: dict[str, int] = {}
    for step in steps():
        assert step.story in stories()
        assert step.after_min > last.get(step.story, 0)
        last[step.story] = step.after_min
