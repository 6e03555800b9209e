"""Both engines against plain Python, and against each other, over invented assets and queries."""

import os
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
import search_asset_engines
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from search_assets import NOON, asset

from core.folding import fold
from storage.search.assets import AssetDocument, AssetIndex, AssetPage, AssetRequest

_LONG = os.environ.get("SHENGYU_LONG_FAULTS") == "1"

HAN = "华为華手机小，。 "
FIRST = date(2026, 3, 1)
days = st.none() | st.integers(0, 20).map(lambda number: FIRST + timedelta(days=number))
texts = st.text(HAN, max_size=8)
documents = st.fixed_dictionaries(
    {
        "title": texts,
        "description": texts,
        "tags": st.lists(texts, max_size=2).map(tuple),
        "layers": st.lists(texts, max_size=2).map(lambda each: tuple(enumerate(each, 1))),
        "kind": st.sampled_from(["media", "message"]),
        "state": st.sampled_from(["published", "draft"]),
        "channels": st.sampled_from([(), ("weibo",), ("weibo", "douyin")]),
        "usable_from": days,
        "usable_until": days,
        "updated_at": st.integers(0, 3000).map(lambda minutes: NOON + timedelta(minutes=minutes)),
    }
)
words = st.text("华为手机小", min_size=1, max_size=3)
requests = st.fixed_dictionaries(
    {
        "words": st.lists(words, max_size=2),
        "unwanted": st.lists(words, max_size=1),
        "kinds": st.sampled_from([(), ("media",)]),
        "visible_states": st.sampled_from([None, ("published",)]),
        "visible_on": days,
        "usable_on": days,
        "channel": st.sampled_from([None, "weibo", "xiaohongshu"]),
    }
)


def standing(each: AssetDocument, word: str) -> int:
    """The best place where *word* stands: 0 title, 1 tags, 2 description, 3 text; 4 nowhere."""
    places = ([each.title], each.tags, [each.description], [text for _, text in each.layers])
    for at, held in enumerate(places):
        if any(word in fold(text) for text in held):
            return at
    return 4


def tier(each: AssetDocument, wanted: list[str]) -> int:
    """What the interface says of order, as a number that is low for the best."""
    places = [standing(each, word) for word in wanted]
    worst = max(places, default=0)
    if worst < 3:
        return worst
    return 3 if min(places) < 2 else 4


def usable(each: AssetDocument, day: date | None) -> bool:
    return day is None or (
        each.state == "published"
        and (each.usable_from is None or each.usable_from <= day)
        and (each.usable_until is None or each.usable_until >= day)
    )


def selected(each: AssetDocument, request: dict[str, object]) -> bool:
    states, kinds, channel = (request[key] for key in ("visible_states", "kinds", "channel"))
    return (
        all(standing(each, word) < 4 for word in request["words"])  # type: ignore[attr-defined]
        and all(standing(each, word) == 4 for word in request["unwanted"])  # type: ignore[attr-defined]
        and (not kinds or each.kind in kinds)  # type: ignore[operator]
        and (states is None or each.state in states)  # type: ignore[operator]
        and (channel is None or not each.channels or channel in each.channels)
        and usable(each, request["usable_on"])  # type: ignore[arg-type]
        and usable(each, request["visible_on"])  # type: ignore[arg-type]
    )


@pytest.fixture(scope="module", params=["embedded", "both"])
def engines(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[list[AssetIndex]]:
    names = ["embedded"] if request.param == "embedded" else search_asset_engines.ENGINES
    folder = tmp_path_factory.mktemp("oracle")
    with ExitStack() as stack:
        yield [stack.enter_context(search_asset_engines.opened(name, folder)) for name in names]


_PROFILE = settings(
    max_examples=300 if _LONG else 30,
    derandomize=not _LONG,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)


@_PROFILE
@given(st.lists(documents, max_size=12), st.lists(requests, min_size=1, max_size=6), st.data())
def test_the_engines_agree_with_plain_python_and_each_other(
    engines: list[AssetIndex],
    fields: list[dict[str, Any]],
    wanted: list[dict[str, Any]],
    data: st.DataObject,
) -> None:
    for index in engines:
        search_asset_engines.wipe(index)
    stored = [asset(f"a{number}", **each) for number, each in enumerate(fields)]
    changes, gone = stored[:1], set()
    if stored:
        changed = {"title": data.draw(texts), "revision": data.draw(st.integers(0, 2))}
        changes = [replace(stored[0], **changed)]
        gone = data.draw(st.sets(st.sampled_from([each.id for each in stored[1:]] or ["-"])))
    newer = [each for each in changes if each.revision > 1]
    for index in engines:
        assert index.put_many(stored) == len(stored)
        assert index.put_many(changes) == len(newer)
        assert index.delete(sorted(gone)) == len(gone - {"-"})
    left = [each for each in (newer or stored[:1]) + stored[1:] if each.id not in gone]
    for index in engines:
        assert index.revisions() == {each.id: each.revision for each in left}
    for request in wanted:
        check(engines, left, request)


sounding = st.sampled_from(["shou", "sj", "shouji", "hua", "hw", "xi'ao", "华为", "手机", "-小"])


@pytest.mark.parametrize("engines", ["both"], indirect=True)
@_PROFILE
@given(st.lists(documents, max_size=12), st.lists(sounding, min_size=1, max_size=3), st.booleans())
def test_the_engines_agree_on_what_is_found_by_its_sound(
    engines: list[AssetIndex], fields: list[dict[str, Any]], asked: list[str], every: bool
) -> None:
    q = (" " if every else " OR ").join(asked)
    answers = []
    for index in engines:
        search_asset_engines.wipe(index)
        index.put_many([asset(f"a{number}", **each) for number, each in enumerate(fields)])
        answers.append(told(list(pages(index, {"q": q}))))
    assert all(answer == answers[0] for answer in answers)


def check(engines: list[AssetIndex], stored: list[AssetDocument], request: dict[str, Any]) -> None:
    fields = dict(request)
    found_words, unwanted = fields.pop("words"), fields.pop("unwanted")
    fields["q"] = " ".join([*found_words, *(f"-{word}" for word in unwanted)])
    expected = [each for each in stored if selected(each, request)]
    answers = [list(pages(index, fields)) for index in engines]
    for index, answer in zip(engines, answers, strict=True):
        assert index.count(AssetRequest(**fields)) == len(expected)
        against_python(answer, expected, found_words)
        assert told(answer) == told(answers[0])


def pages(index: AssetIndex, fields: dict[str, Any]) -> Iterator[AssetPage]:
    cursor: str | None = None
    while True:
        page = index.search(AssetRequest(limit=3, cursor=cursor, facets=True, **fields))
        yield page
        cursor = page.next_cursor
        if cursor is None:
            return


def against_python(
    answer: list[AssetPage], expected: list[AssetDocument], found_words: list[str]
) -> None:
    by_id = {each.id: each for each in expected}
    hits = [hit for page in answer for hit in page.hits]
    assert sorted(hit.id for hit in hits) == sorted(by_id)
    assert all(bool(hit.places) == bool(found_words) for hit in hits)
    order = [
        (tier(by_id[hit.id], found_words), -by_id[hit.id].updated_at.timestamp()) for hit in hits
    ]
    assert order == sorted(order)
    for page in answer:
        assert page.total == len(expected)
        assert page.facets is not None
        assert page.facets.kinds == Counter(each.kind for each in expected)
        assert page.facets.states == Counter(each.state for each in expected)
        assert page.facets.tags == Counter(tag for each in expected for tag in {*each.tags})


def told(answer: list[AssetPage]) -> list[Any]:
    """Everything of *answer* that a person may see, the order of facets too."""
    shown: list[Any] = []
    for page in answer:
        assert page.facets is not None
        counts = [list(each.items()) for each in vars(page.facets).values()]
        shown.append((page.hits, page.next_cursor, counts))
    return shown
