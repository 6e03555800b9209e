"""One character is found in every form and place, page by page, as plain Python finds it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from random import Random

import apsw
import pytest
from search_mentions import NOON, brand, mention

from core.folding import fold
from storage.mentions import Mention
from storage.search import EmbeddedMentionIndex, Filters, SearchRequest
from storage.search.schema import TOKENS_CHANGED

TEXTS = (
    "服务很好",
    "服務一般",
    "客服",
    "價格",
    "价格，手机",
    "ﾌｫﾝ",
    "フォン",
    "iPhone 15",
    "𠮷野家",
)
# 罕 is in few, 缺 in none; 论 stands in the platforms alone.
CHARACTERS = ("服", "務", "价", "フ", "𠮷", "罕", "缺", "论", "好")


def made(count: int) -> list[Mention]:
    chance = Random(1)
    return [
        mention(
            f"m{at}",
            chance.choice(TEXTS) + ("，罕见" if at % 400 == 7 else ""),
            title=chance.choice(("", "", "服装", "短讯")),
            platform=chance.choice(("weibo", "论坛")),
            brands=(brand("b1"),) if at % 3 == 0 else (),
            published_at=NOON - timedelta(minutes=at),
        )
        for at in range(count)
    ]


@pytest.fixture
def held(index: EmbeddedMentionIndex) -> list[Mention]:
    mentions = made(2100)
    index.create_many(mentions)
    return mentions


def paged(index: EmbeddedMentionIndex, request: SearchRequest) -> Iterator[str]:
    while True:
        page = index.search(request)
        yield from (hit.mention.id for hit in page.hits)
        if page.next_cursor is None:
            return
        request = replace(request, cursor=page.next_cursor)


@pytest.mark.parametrize("character", CHARACTERS)
def test_pages_and_totals_are_those_of_plain_python(
    index: EmbeddedMentionIndex, held: list[Mention], character: str
) -> None:
    expected = [each for each in held if fold(character) in fold(each.full_text)]
    of_brand = [each.id for each in expected if each.brands]
    after = NOON - timedelta(minutes=500)
    late = [each.id for each in expected if each.published_at >= after]
    also = [each.id for each in expected if "服" in fold(each.full_text)]
    without = [each.id for each in expected if "服务" not in fold(each.full_text)]
    for request, ids in (
        (SearchRequest(q=character), [each.id for each in expected]),
        (SearchRequest(q=character, filters=Filters(brand_ids=("b1",))), of_brand),
        (SearchRequest(q=character, filters=Filters(after=after)), late),
        (SearchRequest(q=f"{character} 服"), also),
        (SearchRequest(q=f"{character} -服务"), without),
    ):
        assert list(paged(index, replace(request, limit=7)))[: len(ids) + 1] == ids
        assert index.count(request) == len(ids)


def test_all_pages_hold_what_the_total_says_while_older_tokens_are_held(
    index: EmbeddedMentionIndex, held: list[Mention], path: Path
) -> None:
    db = apsw.Connection(str(path))
    db.execute("DELETE FROM mention_text WHERE rowid IN (SELECT row FROM mention_row LIMIT 500)")
    db.execute(TOKENS_CHANGED)
    db.close()
    request = SearchRequest(q="服", limit=100)
    found = len(list(paged(index, request)))
    assert found == index.count(request)
    index.rebuild()
    expected = [each.id for each in held if "服" in fold(each.full_text)]
    assert list(paged(index, request)) == expected
    assert found < len(expected) == index.count(request)
