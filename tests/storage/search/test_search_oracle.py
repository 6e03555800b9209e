"""Both engines against plain Python, and against each other, over invented mentions and queries."""

import os
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import search_mention_engines
import search_oracle
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from search_mentions import brand, mention
from search_oracle import Asked, Joined, Keyword, Without, Word

from storage.mentions import Mention
from storage.search import (
    Filters,
    HistogramRequest,
    MentionIndex,
    SearchPage,
    SearchRequest,
    Selection,
)

START = datetime(2019, 12, 30, tzinfo=UTC)
DAYS = st.none() | st.integers(0, 5).map(lambda n: date(2019, 12, 29) + timedelta(days=n))
BRANDS = ("b1", "b2")
_LONG = os.environ.get("SHENGYU_LONG_FAULTS") == "1"

labels = st.sampled_from(["negative", "neutral", "positive"])
brands = st.dictionaries(st.sampled_from(BRANDS), labels).map(
    lambda each: tuple(brand(key, label) for key, label in sorted(each.items()))  # type: ignore[arg-type]
)
texts = st.text("华为華手机小𠮷aBＡ15，。😐 ", max_size=9)
mentions = st.fixed_dictionaries(
    {
        "title": st.just("") | texts,
        "text": texts,
        "label": labels,
        "platform": st.sampled_from(["weibo", "zhihu"]),
        "kind": st.sampled_from(["post", "review"]),
        "published_at": st.integers(0, 6000).map(lambda n: START + timedelta(minutes=n)),
        "brands": brands,
    }
)
words = st.text("华为手机小𠮷ab15", min_size=1, max_size=4)
leaves = st.one_of(
    words.map(Word),
    words.map(Word),
    st.tuples(words, words).map(lambda pair: Word(" ".join(pair))),
    labels.map(lambda label: Keyword("label", label)),
    st.sampled_from(BRANDS).map(lambda key: Keyword("brand", key)),
    st.sampled_from(["weibo", "zhihu"]).map(lambda name: Keyword("platform", name)),
    st.sampled_from(["post", "review"]).map(lambda name: Keyword("kind", name)),
)
trees = st.recursive(
    leaves,
    lambda inner: (
        inner.map(Without)
        | st.builds(Joined, st.lists(inner, min_size=2, max_size=3).map(tuple), st.booleans())
    ),
    max_leaves=6,
)
questions = st.builds(
    Asked,
    tree=st.none() | trees,
    after=DAYS,
    before=DAYS,
    zone=st.sampled_from([UTC, ZoneInfo("Asia/Shanghai"), ZoneInfo("Asia/Kolkata")]),
    brands=st.sampled_from([(), (), ("b1",), ("b1", "b2")]),
    labels=st.lists(labels, unique=True, max_size=2).map(tuple),
    platforms=st.sampled_from([(), (), ("weibo",)]),
)


@pytest.fixture(scope="module", params=["embedded", "both"])
def engines(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[list[MentionIndex]]:
    names = ["embedded"] if request.param == "embedded" else search_mention_engines.ENGINES
    with ExitStack() as stack:
        yield [
            stack.enter_context(
                search_mention_engines.opened_alone(name, tmp_path_factory.mktemp("oracle"))
            )
            for name in names
        ]


@settings(
    max_examples=400 if _LONG else 40,
    derandomize=not _LONG,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
@given(st.lists(mentions, max_size=12), st.lists(questions, min_size=1, max_size=6), st.data())
def test_the_engines_agree_with_plain_python_and_each_other(
    engines: list[MentionIndex],
    fields: list[dict[str, Any]],
    wanted: list[Asked],
    data: st.DataObject,
) -> None:
    stored = [mention(f"m{i}", **each) for i, each in enumerate(fields)]
    gone = data.draw(st.sets(st.sampled_from([each.id for each in stored]))) if stored else set()
    left = [each for each in stored if each.id not in gone]
    try:
        for index in engines:
            index.create_many(stored)
            index.sync()
            assert index.delete(sorted(gone)) == len(gone)
            index.sync()
        for asked in wanted:
            check(engines, left, asked)
    finally:
        for index in engines:
            index.sync()
            index.delete([each.id for each in stored])
            index.sync()


def check(engines: list[MentionIndex], left: list[Mention], asked: Asked) -> None:
    expected = {each.id: each for each in left if search_oracle.selects(asked, each)}
    fields: dict[str, Any] = {
        "q": asked.query,
        "zone": asked.zone,
        "brands": {key: key for key in BRANDS},
        "filters": Filters(
            brand_ids=asked.brands,
            labels=asked.labels,  # type: ignore[arg-type]
            platforms=asked.platforms,
        ),
    }
    answers = [list(pages(index, fields)) for index in engines]
    for answer in answers:
        against_python(answer, asked, expected)
        assert told(answer) == told(answers[0])
    for index in engines:
        assert index.count(Selection(**fields)) == len(expected)
        for by in ("day", "hour"):
            counted = index.histogram(HistogramRequest(by=by, **fields))  # type: ignore[arg-type]
            buckets = {
                bucket.start.astimezone(UTC): {k: n for k, n in bucket.counts.items() if n}
                for bucket in counted
            }
            assert buckets == search_oracle.histogram(asked, list(expected.values()), by)
            assert list(buckets) == sorted(buckets)


def pages(index: MentionIndex, fields: dict[str, Any]) -> Iterator[SearchPage]:
    cursor: str | None = None
    while True:
        page = index.search(SearchRequest(limit=3, cursor=cursor, facets=True, **fields))
        yield page
        cursor = page.next_cursor
        if cursor is None:
            return


def against_python(answer: list[SearchPage], asked: Asked, expected: dict[str, Mention]) -> None:
    hits = [hit for page in answer for hit in page.hits]
    assert {hit.mention.id: hit.mention for hit in hits} == expected
    assert len(hits) == len(expected)
    moments = [hit.mention.published_at for hit in hits]
    assert moments == sorted(moments, reverse=True)
    for hit in hits:
        shown = {at for span in hit.highlights for at in range(span.start, span.end)}
        assert shown == search_oracle.marked(asked, hit.mention)
    for page in answer:
        assert page.total == len(expected)
        assert page.facets is not None
        found = (page.facets.labels, page.facets.platforms, page.facets.brands)
        assert found == search_oracle.facets(asked, list(expected.values()))


def told(answer: list[SearchPage]) -> list[Any]:
    """Everything of *answer* that a person may see, the order of facets too."""
    shown: list[Any] = []
    for page in answer:
        assert page.facets is not None
        counts = (page.facets.labels, page.facets.platforms, page.facets.brands)
        shown.append((page.hits, page.next_cursor, [list(each.items()) for each in counts]))
    return shown
