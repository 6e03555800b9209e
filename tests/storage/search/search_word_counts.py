"""Makes mentions with frequent words, and compares what the roll-up says with the rows."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import apsw
from search_mentions import NOON, brand, mention

from storage.mentions import Label, Mention
from storage.search import EmbeddedMentionIndex, Facets, Filters, SearchRequest

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
