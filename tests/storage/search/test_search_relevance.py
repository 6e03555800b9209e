"""Hard cases: what a person who types a query expects to find, and not to find."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import search_asset_engines
import search_mention_engines
from search_assets import asset
from search_mention_engines import ENGINES
from search_mentions import mention

from core.errors import QueryError
from storage.mentions import Span
from storage.search import MentionIndex, SearchRequest
from storage.search.assets import AssetIndex, AssetRequest
from storage.search.query import MAX_WORDS

_DATA = Path(__file__).with_name("data")
CASES: list[dict[str, Any]] = json.loads((_DATA / "relevance.json").read_text(encoding="utf-8"))
_EVERY = pytest.mark.parametrize("engine", ENGINES)
_PAGE = 200


def plain(marked: str) -> str:
    return re.sub("[⟦⟧]", "", marked)


def marked(text: str, spans: tuple[Span, ...]) -> str:
    for span in reversed(spans):
        text = f"{text[: span.start]}⟦{text[span.start : span.end]}⟧{text[span.end :]}"
    return text


def texts() -> Iterator[tuple[str, str]]:
    """The texts of all cases with their ids: each query is asked among all of them."""
    for at, case in enumerate(CASES):
        for kind in ("finds", "passes"):
            yield from ((f"{at}-{kind}-{n}", plain(text)) for n, text in enumerate(case[kind]))


def wanted(at: int) -> dict[str, str]:
    return {f"{at}-finds-{n}": text for n, text in enumerate(CASES[at]["finds"])}


@pytest.fixture(scope="module", params=ENGINES)
def mentions(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[MentionIndex]:
    with search_mention_engines.opened_alone(request.param, tmp_path_factory.mktemp("m")) as found:
        found.create_many([mention(key, text) for key, text in texts()])
        found.sync()
        yield found


@pytest.fixture(scope="module", params=ENGINES)
def assets(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[AssetIndex]:
    with search_asset_engines.opened(request.param, tmp_path_factory.mktemp("assets")) as found:
        found.put_many([asset(key, layers=((1, text),)) for key, text in texts()])
        yield found


def test_the_cases_are_of_the_form_that_is_agreed() -> None:
    schema = json.loads((_DATA / "relevance.schema.json").read_text(encoding="utf-8"))
    jsonschema.validate(CASES, schema)
    asked = [(case["kind"], case["query"]) for case in CASES]
    assert len(asked) == len(set(asked))


def _named(at: int) -> str:
    return f"{at}-{CASES[at]['kind']}".replace(" ", "-")


@pytest.mark.parametrize("at", range(len(CASES)), ids=_named)
def test_a_query_finds_and_marks_among_all_mentions(mentions: MentionIndex, at: int) -> None:
    page = mentions.search(SearchRequest(q=CASES[at]["query"], limit=_PAGE))
    assert page.next_cursor is None
    found = {
        hit.mention.id: marked(hit.mention.full_text, hit.highlights)
        for hit in page.hits
        if hit.mention.id.startswith(f"{at}-")
    }
    assert found == wanted(at)


@pytest.mark.parametrize("at", range(len(CASES)), ids=_named)
def test_a_query_finds_among_the_texts_of_all_assets(assets: AssetIndex, at: int) -> None:
    page = assets.search(AssetRequest(q=CASES[at]["query"], limit=_PAGE))
    assert page.next_cursor is None
    found = {
        hit.id: [marked(place.snippet, place.spans) for place in hit.places]
        for hit in page.hits
        if hit.id.startswith(f"{at}-")
    }
    # Snippets are of one line.
    assert found == {key: [re.sub(r"\s", " ", text)] for key, text in wanted(at).items()}


@_EVERY
def test_title_and_text_are_both_searched_and_marked_in_the_full_text(
    index: MentionIndex,
) -> None:
    index.create_many([mention("m", "手机拍照手机", title="华为手机")])
    index.sync()
    (hit,) = index.search(SearchRequest(q="手机 -电脑")).hits
    full = hit.mention.full_text
    assert [full[span.start : span.end] for span in hit.highlights] == ["手机"] * 3
    assert index.search(SearchRequest(q='"手机 手机"')).total == 0


@_EVERY
def test_words_that_overlap_are_marked_once(index: MentionIndex) -> None:
    index.create_many([mention("m", "华为手机壳")])
    index.sync()
    (hit,) = index.search(SearchRequest(q="华为手 手机")).hits
    assert [(span.start, span.end) for span in hit.highlights] == [(0, 4)]


@_EVERY
@pytest.mark.parametrize(
    "q",
    ['"', "title:x", 'a" OR "b', "NEAR(a b)", "a*", "^a", "{title}", "tags:x", "'; DROP TABLE x--"],
)
def test_engine_syntax_in_a_query_is_only_text(index: MentionIndex, q: str) -> None:
    index.create_many([mention("m", "无关")])
    index.sync()
    try:
        assert index.search(SearchRequest(q=q)).total == 0
    except QueryError as error:
        assert error.position >= 0  # noqa: PT017


@_EVERY
def test_the_longest_query_that_parses_also_runs(index: MentionIndex) -> None:
    index.create_many([mention("m", "手机")])
    index.sync()
    for joint in (" OR ", " ", " OR -", " -"):
        words = ["手机"] + ["电脑"] * (MAX_WORDS - 1)
        index.search(SearchRequest(q=joint.join(words)))
    nested = "(" * 10 + "手机" + " OR (电脑 -平板))" * 10
    assert index.search(SearchRequest(q=nested)).total == 1
