"""Lists join what search found with what the records say now."""

from datetime import date

from library_rows import put_asset
from sqlalchemy import delete

from api.wiring import Service
from assets.finding import FoundPage, find
from assets.indexing import index_due, mark
from assets.words import KINDS, SCENARIOS, STATES
from storage.records.library import Asset, AssetVersion, TextLayer
from storage.search.assets import AssetRequest
from storage.search.vocabulary import ASSETS

TODAY = date(2026, 7, 1)


def ask(service: Service, **fields: object) -> FoundPage:
    request = AssetRequest(**fields)  # type: ignore[arg-type]
    return find(service.records, service.asset_index, request, today=TODAY)


def carry(service: Service) -> None:
    while index_due(service.records, service.asset_index, service.clock):
        pass


def test_rows_come_in_the_order_of_the_hits_with_their_places(service: Service) -> None:
    with service.records.write() as session:
        put_asset(session, "text", "手册", text="滤网每年更换")
        put_asset(session, "title", "滤网")
    carry(service)
    page = ask(service, q="滤网", facets=True)
    assert [each.row.title for each in page.items] == ["滤网", "手册"]
    assert [each.places[0].where for each in page.items] == ["title", "page-1"]
    assert page.total == 2
    assert page.facets.kinds == {"media": 2}
    assert ask(service).facets.kinds == {}


def test_a_row_that_is_gone_is_left_out(service: Service) -> None:
    with service.records.write() as session:
        put_asset(session, "a", "滤网")
        put_asset(session, "b", "滤网")
    carry(service)
    with service.records.write() as session:
        for table, column in ((TextLayer, TextLayer.version_id), (AssetVersion, AssetVersion.id)):
            session.execute(delete(table).where(column == "a-v1"))
        session.execute(delete(Asset).where(Asset.id == "a"))
    page = ask(service, q="滤网")
    assert ([each.row.id for each in page.items], page.total) == (["b"], 1)


def test_a_recall_holds_before_search_has_heard_of_it(service: Service) -> None:
    with service.records.write() as session:
        put_asset(session, "a", "滤网")
    carry(service)
    with service.records.write() as session:
        session.get_one(Asset, "a").state = "recalled"
    assert ask(service, visible_states=("published",)).items == ()
    assert ask(service, visible_on=TODAY).total == 0
    assert ask(service).total == 1


def test_counts_obey_a_recall_before_search_has_heard_of_it(service: Service) -> None:
    with service.records.write() as session:
        for name in ("a", "b"):
            put_asset(session, name, "滤网")
    carry(service)
    with service.records.write() as session:
        session.get_one(Asset, "a").state = "recalled"
        mark(session, "a")
    for limits in ({"visible_states": ("published",)}, {"visible_on": TODAY}):
        for query in ("", "滤网"):
            page = ask(service, q=query, facets=True, limit=1, **limits)
            assert ([each.row.id for each in page.items], page.total) == (["b"], 1)
            assert page.facets.kinds == {"media": 1}
            assert page.next_cursor is None
    assert ask(service, facets=True).facets.kinds == {"media": 2}


def test_the_query_language_knows_the_words_of_the_library() -> None:
    for field, words in (("kind", KINDS), ("state", STATES), ("scenario", SCENARIOS)):
        assert set(ASSETS.allowed(field) or {}) == set(words)
        assert {ASSETS.meant(field, name) for name in words.values()} == set(words)
