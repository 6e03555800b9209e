"""The roll-up by word answers as counting the rows would, whatever was written in between."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import apsw
import pytest
from search_mentions import NOON, brand, mention

from storage.mentions import Label, Mention
from storage.search import EmbeddedMentionIndex, Facets, Filters, SearchRequest
from storage.search.frequent_words import SAMPLE

BEGINNING = datetime(1900, 1, 1, tzinfo=UTC)
LABELS: tuple[Label, ...] = ("negative", "neutral", "positive")
WORDS = ("客服", "价格", "手机", "iphone", "Forum")
QUERIES = [
    SearchRequest(q=q, filters=filters, brands={"华为": "b1"})
    for q in (
        "",
        "客服",
        "手机",
        "iPhone",
        "没有的词",
        "客",
        "客服 价格",
        "客服手",
        "-客服",
        "forum",
    )
    for filters in (
        Filters(),
        Filters(brand_ids=("b1",)),
        Filters(labels=("negative",)),
        Filters(labels=("negative", "positive"), brand_ids=("b1",)),
        Filters(brand_ids=("b1", "b2")),
        Filters(platforms=("WEIBO",)),
        Filters(platforms=("weibo",), brand_ids=("b1",), kinds=("post",)),
    )
]


def made(count: int, first: int = 0) -> list[Mention]:
    chance = Random(first)
    return [
        mention(
            f"{chance.randrange(16**10):010x}{at}",
            "，".join(chance.sample(WORDS, chance.randint(1, 3))),
            label=chance.choice(LABELS),
            platform=chance.choice(("weibo", "Weibo", "论坛")),
            brands=tuple(
                brand(key, chance.choice(LABELS))
                for key in chance.sample(("b1", "b2", "b3"), chance.randint(0, 2))
            ),
            published_at=NOON - timedelta(minutes=at),
        )
        for at in range(first, first + count)
    ]


@pytest.fixture
def grown(index: EmbeddedMentionIndex) -> EmbeddedMentionIndex:
    index.create_many(made(SAMPLE + 10))
    return index


def counted(path: Path) -> set[str]:
    db = apsw.Connection(str(path))
    try:
        return {word for (word,) in db.execute("SELECT word FROM frequent_word")}
    finally:
        db.close()


def answers(index: EmbeddedMentionIndex, by_rows: bool) -> Iterator[tuple[int, Facets]]:
    # With a beginning that everything follows, only the rows can tell.
    for request in QUERIES:
        filters = replace(request.filters, after=BEGINNING if by_rows else None)
        page = index.search(replace(request, filters=filters, facets=True, limit=1))
        assert page.facets is not None
        yield page.total, page.facets


def agrees(index: EmbeddedMentionIndex) -> None:
    found = list(answers(index, by_rows=False))
    assert found == list(answers(index, by_rows=True))
    assert found[0][0] > 0


def test_words_become_counted_when_the_file_has_grown(
    index: EmbeddedMentionIndex, path: Path
) -> None:
    index.create_many(made(100))
    assert counted(path) == set()
    agrees(index)
    index.create_many(made(SAMPLE, first=100))
    assert {"客服", "手机", "iphone", "forum"} <= counted(path)
    agrees(index)


def test_a_word_that_becomes_frequent_later_is_counted_from_then_on(
    grown: EmbeddedMentionIndex, path: Path
) -> None:
    later = [replace(each, text="召回") for each in made(SAMPLE, first=SAMPLE + 10)]
    grown.create_many(later[: SAMPLE // 10])
    assert "召回" not in counted(path)
    grown.create_many(later)
    assert "召回" in counted(path)
    assert grown.search(SearchRequest(q="召回")).total == SAMPLE
    agrees(grown)


def test_counts_follow_what_is_written_relabelled_and_deleted(grown: EmbeddedMentionIndex) -> None:
    mentions = made(SAMPLE + 10)
    grown.create_many(mentions[:50])
    agrees(grown)
    turned = [
        replace(
            each, label="negative", brands=tuple(replace(b, label="neutral") for b in each.brands)
        )
        for each in mentions[:300]
    ]
    assert grown.relabel_many([replace(each, marked=1) for each in turned]) == 300
    agrees(grown)
    assert grown.delete([each.id for each in mentions[100:900]]) == 800
    agrees(grown)
    grown.create_many(made(700, first=5000))
    agrees(grown)
    grown.delete([each.id for each in grown.scan(SearchRequest())])
    assert all(total == 0 for total, _ in answers(grown, by_rows=False))


def test_a_failed_call_counts_nothing(grown: EmbeddedMentionIndex) -> None:
    before = grown.count(SearchRequest())
    with pytest.raises(KeyError):
        grown.create_many([*made(10, first=9000), mention("x", label="wrong")])
    assert grown.count(SearchRequest()) == before
    agrees(grown)


def test_a_file_of_the_first_form_is_brought_up_to_date(
    grown: EmbeddedMentionIndex, path: Path
) -> None:
    grown.close()
    db = apsw.Connection(str(path))
    for table in ("frequent_word", "waiting_word", "word_count", "sampling"):
        db.execute(f"DROP TABLE {table}")
    db.execute("PRAGMA user_version=1")
    db.close()
    again = EmbeddedMentionIndex(path)
    try:
        agrees(again)
        assert counted(path) == set()
        again.create_many(made(1, first=7000))
        assert "客服" in counted(path)
        agrees(again)
        assert again.count(SearchRequest()) == SAMPLE + 11
    finally:
        again.close()
