"""What only an index of the library on a server must stand: other writers, other versions."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from search_assets import NOON, asset, found, places
from search_mention_engines import own_address

from core.errors import StorageError
from storage.search.assets import AssetRequest, EmbeddedAssetIndex
from storage.search.elastic import ElasticAddress
from storage.search.elastic.assets import ElasticAssetIndex, home
from storage.search.elastic.connection import Connection
from storage.search.elastic.strings import kept, told
from storage.search.query import MAX_DEPTH, MAX_WORDS


@pytest.fixture
def address() -> Iterator[ElasticAddress]:
    with own_address() as found_address:
        yield found_address


@pytest.fixture
def index(address: ElasticAddress) -> Iterator[ElasticAssetIndex]:
    opened = ElasticAssetIndex(address)
    yield opened
    opened.close()


@pytest.fixture
def server(address: ElasticAddress) -> Iterator[Connection]:
    connection = Connection(address)
    yield connection
    connection.close()


def test_of_many_who_write_one_asset_at_once_the_highest_revision_holds(
    address: ElasticAddress,
) -> None:
    writers = [ElasticAssetIndex(address) for _ in range(4)]

    def write(number: int) -> int:
        documents = [asset(key, f"第{number}版", revision=number) for key in "abc"]
        return writers[number % 4].put_many(documents)

    with ThreadPoolExecutor(8) as threads:
        written = list(threads.map(write, range(1, 17)))
    assert writers[0].revisions() == dict.fromkeys("abc", 16)
    assert sorted(found(writers[1], "第16版")) == ["a", "b", "c"]
    assert 3 <= sum(written) <= 48
    for each in writers:
        each.close()


def test_two_who_begin_at_once_make_one_index(address: ElasticAddress, server: Connection) -> None:
    beginners = [ElasticAssetIndex(address) for _ in range(4)]
    with ThreadPoolExecutor() as threads:
        assert list(threads.map(lambda each: each.count(), beginners)) == [0] * 4
    beginners[0].put_many([asset("a", "滤网")])
    assert [found(each, "滤网") for each in beginners] == [["a"]] * 4
    (name,) = server.send("GET", f"/{address.prefix}-*/_alias").body
    assert name == f"{address.prefix}-assets-1"
    for each in beginners:
        each.close()


def test_a_missing_index_is_told_until_the_next_start_makes_it_anew(
    address: ElasticAddress, index: ElasticAssetIndex, server: Connection
) -> None:
    index.put_many([asset("a", "滤网")])
    server.send("DELETE", f"/{address.prefix}-assets-1")
    for use in (index.count, index.revisions, lambda: index.put_many([asset("b")])):
        with pytest.raises(StorageError, match="made anew"):
            use()
    assert index.delete(["a"]) == 0
    started = ElasticAssetIndex(address)
    assert started.revisions() == {}
    assert index.put_many([asset("b", "电池")]) == 1
    assert found(started, "电池") == ["b"]
    started.close()


def test_a_new_layout_takes_the_place_of_the_old_one_and_an_old_service_says_so(
    address: ElasticAddress,
    index: ElasticAssetIndex,
    server: Connection,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    index.put_many([asset("a")])
    monkeypatch.setattr(home, "VERSION", 2)
    newer = ElasticAssetIndex(address)
    assert newer.revisions() == {}
    assert list(server.send("GET", f"/{address.prefix}-*/_alias").body) == [
        f"{address.prefix}-assets-2"
    ]
    monkeypatch.setattr(home, "VERSION", 1)
    older = ElasticAssetIndex(address)
    with pytest.raises(StorageError, match="newer version"):
        older.count()
    older.close()
    newer.close()


def test_a_closed_index_says_so(address: ElasticAddress) -> None:
    index = ElasticAssetIndex(address)
    index.close()
    with pytest.raises(StorageError, match="closed"):
        index.count()


def test_a_cursor_goes_on_in_the_other_engine(index: ElasticAssetIndex, path: str) -> None:
    embedded = EmbeddedAssetIndex(path)  # type: ignore[arg-type]
    titles = ("滤网", "滤网 手册", "手册")
    documents = [asset(f"a{i}", titles[i % 3], tags=("滤网",)) for i in range(20)]
    for each in (index, embedded):
        each.put_many(documents)
    for q in ("", "滤网", "手册 OR 滤网"):
        whole = found(embedded, q)
        assert found(index, q) == whole
        ids: list[str] = []
        cursor: str | None = None
        for turn in range(20):
            engine = (index, embedded)[turn % 2]
            page = engine.search(AssetRequest(q=q, limit=3, cursor=cursor))
            ids += [hit.id for hit in page.hits]
            cursor = page.next_cursor
            if cursor is None:
                break
        assert ids == whole
    embedded.close()


def test_the_deepest_and_the_longest_query_that_parse_also_run(index: ElasticAssetIndex) -> None:
    index.put_many([asset("a", "手机")])
    for branch in ("wang OR pingban (", "wang OR -(", "a OR wang -("):
        levels = MAX_DEPTH // (1 + branch.count("-"))
        nested = branch * levels + "a OR shouji wang" + ")" * levels
        index.search(AssetRequest(q=nested, kinds=("media",), visible_states=("published",)))
    for joint in (" OR ", " ", " OR -", " -"):
        words = [
            "手机",
            *(chr(0x4E00 + n) + chr(0x5E00 + n) for n in range(MAX_WORDS - 1)),
        ]
        index.search(AssetRequest(q=joint.join(words), facets=True))


def test_books_are_stored_found_and_their_pages_told(index: ElasticAssetIndex) -> None:
    filler = "这是一本很长的书，讲很多事情。" * 6_000
    pages = tuple((n, f"{filler}第{n}页\n") for n in range(1, 9))
    books = [asset(f"b{n}", f"书{n}", layers=((*pages, (99, f"密语{n}")))) for n in range(3)]
    index.put_many(books)
    assert sorted(found(index, "密语")) == ["b0", "b1", "b2"]
    assert places(index, "密语2", "b2") == {"page-99": ("密语2", ["密语2"])}
    assert list(places(index, "很长的书", "b1")) == ["page-1", "page-2", "page-3"]


def test_many_assets_are_all_told(
    index: ElasticAssetIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.search.elastic.assets.index._SCAN_PAGE", 7)
    documents = [asset(f"a{n}", updated_at=NOON, revision=n) for n in range(40)]
    assert index.put_many(documents) == 40
    assert index.revisions() == {f"a{n}": n for n in range(40)}
    assert index.delete([f"a{n}" for n in range(50)]) == 40


@pytest.mark.parametrize("text", ["", "滤网", "\ud800滤\udfff", "\ue003d800", "\ud83d\ude00😀\0"])
def test_strings_come_back_as_they_were(text: str) -> None:
    kept(text).encode()
    assert told(kept(text)) == text
