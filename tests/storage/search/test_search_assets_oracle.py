"""The engine against a few lines of plain Python, over invented assets and queries."""

import tempfile
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from search_assets import NOON, asset

from core.folding import fold
from storage.search.assets import AssetDocument, AssetRequest, EmbeddedAssetIndex

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


@settings(max_examples=60, deadline=None)
@given(st.lists(documents, max_size=12), st.lists(requests, min_size=1, max_size=6), st.data())
def test_the_engine_agrees_with_plain_python(
    fields: list[dict[str, object]], wanted: list[dict[str, object]], data: st.DataObject
) -> None:
    stored = [asset(f"a{number}", **each) for number, each in enumerate(fields)]  # type: ignore[arg-type]
    with tempfile.TemporaryDirectory() as folder:
        index = EmbeddedAssetIndex(Path(folder) / "assets.sqlite")
        index.put_many(stored)
        if stored:
            first = stored[0]
            changed = {"title": data.draw(texts), "revision": data.draw(st.integers(0, 2))}
            index.put_many([replace(first, **changed)])  # type: ignore[arg-type]
            if changed["revision"] == 2:
                stored[0] = replace(first, **changed)  # type: ignore[arg-type]
            gone = data.draw(st.sets(st.sampled_from([each.id for each in stored[1:]] or ["-"])))
            index.delete(sorted(gone))
            stored = [each for each in stored if each.id not in gone]
        for request in wanted:
            check(index, stored, request)
        index.close()


def check(
    index: EmbeddedAssetIndex, stored: list[AssetDocument], request: dict[str, object]
) -> None:
    fields = dict(request)
    found_words, unwanted = fields.pop("words"), fields.pop("unwanted")
    q = " ".join([*found_words, *(f"-{word}" for word in unwanted)])  # type: ignore[misc,attr-defined]
    expected = [each for each in stored if selected(each, request)]
    documents_by_id = {each.id: each for each in stored}
    ids: list[str] = []
    cursor: str | None = None
    while True:
        page = index.search(AssetRequest(q=q, limit=3, cursor=cursor, facets=True, **fields))  # type: ignore[arg-type]
        assert page.total == len(expected)
        assert page.facets is not None
        assert sum(page.facets.kinds.values()) == len(expected)
        ids += [hit.id for hit in page.hits]
        assert all(bool(hit.places) == bool(found_words) for hit in page.hits)
        cursor = page.next_cursor
        if cursor is None:
            break
    assert sorted(ids) == sorted(each.id for each in expected)
    order = [
        (tier(each, found_words), -each.updated_at.timestamp())  # type: ignore[arg-type]
        for each in (documents_by_id[key] for key in ids)
    ]
    assert order == sorted(order)
