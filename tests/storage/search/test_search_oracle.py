"""The engine against a few lines of plain Python, over invented mentions and queries."""

import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from search_mentions import brand, mention

from core.folding import fold
from storage.mentions import Mention
from storage.search import EmbeddedMentionIndex, Filters, HistogramRequest, SearchRequest, Selection

START = datetime(2019, 12, 30, tzinfo=UTC)
HAN = "华为華手机小，。 "
LABELS = st.sampled_from(["negative", "neutral", "positive"])

mentions = st.builds(
    lambda text, label, toward, platform, minutes, brands: {
        "text": text,
        "label": label,
        "platform": platform,
        "published_at": START + timedelta(minutes=minutes),
        "brands": tuple(brand(key, toward) for key in sorted(brands)),
    },
    st.text(HAN, max_size=8),
    LABELS,
    LABELS,
    st.sampled_from(["weibo", "zhihu"]),
    st.integers(0, 6000),
    st.sets(st.sampled_from(["b1", "b2"])),
)
words = st.text("华为手机小", min_size=1, max_size=3)
queries = st.fixed_dictionaries(
    {
        "words": st.lists(words, max_size=2),
        "unwanted": st.lists(words, max_size=1),
        "brands": st.sampled_from([(), ("b1",), ("b2",), ("b1", "b2")]),
        "labels": st.lists(LABELS, unique=True, max_size=2).map(tuple),
        "platforms": st.sampled_from([(), ("weibo",)]),
        "after": st.none() | st.integers(0, 6000).map(lambda m: START + timedelta(minutes=m)),
        "before": st.none() | st.integers(0, 100).map(lambda h: START + timedelta(hours=h)),
    }
)


def selected(each: Mention, query: dict[str, object]) -> bool:
    """What the design says, by folded substrings."""
    text, brands = fold(each.text), query["brands"]
    labels = {each.label}
    if len(brands) == 1:  # type: ignore[arg-type]
        labels = {b.label for b in each.brands if b.id in brands}  # type: ignore[operator]
    return (
        all(word in text for word in query["words"])  # type: ignore[attr-defined]
        and not any(word in text for word in query["unwanted"])  # type: ignore[attr-defined]
        and (not brands or any(b.id in brands for b in each.brands))  # type: ignore[operator]
        and (not query["labels"] or bool(labels & set(query["labels"])))  # type: ignore[call-overload]
        and (not query["platforms"] or each.platform in query["platforms"])  # type: ignore[operator]
        and (query["after"] is None or each.published_at >= query["after"])  # type: ignore[operator]
        and (query["before"] is None or each.published_at < query["before"])  # type: ignore[operator]
    )


@settings(max_examples=50, deadline=None)
@given(st.lists(mentions, max_size=12), st.lists(queries, min_size=1, max_size=6), st.data())
def test_the_engine_agrees_with_plain_python(
    fields: list[dict[str, object]], wanted: list[dict[str, object]], data: st.DataObject
) -> None:
    stored = [mention(f"m{i}", **each) for i, each in enumerate(fields)]  # type: ignore[arg-type]
    gone = data.draw(st.sets(st.sampled_from([each.id for each in stored]))) if stored else set()
    with tempfile.TemporaryDirectory() as folder:
        index = EmbeddedMentionIndex(Path(folder) / "search.sqlite")
        index.create_many(stored)
        assert index.delete(sorted(gone)) == len(gone)
        left = [each for each in stored if each.id not in gone]
        for query in wanted:
            check(index, left, query)
        index.close()


def check(index: EmbeddedMentionIndex, left: list[Mention], query: dict[str, object]) -> None:
    q = " ".join([*query["words"], *(f"-{word}" for word in query["unwanted"])])  # type: ignore[misc,attr-defined]
    filters = Filters(
        brand_ids=query["brands"],  # type: ignore[arg-type]
        **{key: query[key] for key in ("labels", "platforms", "after", "before")},  # type: ignore[arg-type]
    )
    expected = [each for each in left if selected(each, query)]
    found: list[Mention] = []
    cursor: str | None = None
    while True:
        page = index.search(SearchRequest(q=q, filters=filters, limit=3, cursor=cursor))
        assert page.total == len(expected)
        found += [hit.mention for hit in page.hits]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert sorted(each.id for each in found) == sorted(each.id for each in expected)
    moments = [each.published_at for each in found]
    assert moments == sorted(moments, reverse=True)
    assert index.count(Selection(q=q, filters=filters)) == len(expected)
    for by in ("day", "hour"):
        counted = index.histogram(HistogramRequest(q=q, filters=filters, by=by))  # type: ignore[arg-type]
        assert sum(bucket.total for bucket in counted) == len(expected)
        for bucket in counted:
            end = bucket.start + timedelta(**{f"{by}s": 1})
            assert bucket.total == sum(bucket.start <= moment < end for moment in moments)
