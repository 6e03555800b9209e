"""The roll-up by word answers as counting the rows would, whatever was written in between."""

from dataclasses import replace
from pathlib import Path

import apsw
import pytest
from search_mentions import mention
from search_word_counts import agrees, answers, counted, made

from storage.search import EmbeddedMentionIndex, SearchRequest
from storage.search.frequent_words import SAMPLE


@pytest.fixture
def grown(index: EmbeddedMentionIndex) -> EmbeddedMentionIndex:
    index.create_many(made(SAMPLE + 10))
    return index


def test_words_become_counted_when_the_file_has_grown(
    index: EmbeddedMentionIndex, path: Path
) -> None:
    index.create_many(made(100))
    assert counted(path) == set()
    agrees(index)
    index.create_many(made(SAMPLE, first=100))
    assert {"客服", "手机", "iphone", "forum", "客*", "服*"} <= counted(path)
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
    for table in ("frequent_word", "waiting_word", "word_count", "sampling", "rebuild"):
        db.execute(f"DROP TABLE {table}")
    db.execute("PRAGMA user_version=1")
    db.close()
    again = EmbeddedMentionIndex(path)
    try:
        agrees(again)
        again.create_many(made(1, first=7000))
        assert counted(path) == set()
        again.rebuild()
        assert "客服" in counted(path)
        agrees(again)
        assert again.count(SearchRequest()) == SAMPLE + 11
    finally:
        again.close()
