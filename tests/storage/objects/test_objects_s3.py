"""The S3 engine: broken connections, refusals, and what is left of uploads that failed."""

import socket
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from minio import time as client_time
from objects_engines import content, keys
from objects_proxy import Proxy, proxy_to
from s3_buckets import bucket_of, remove_bucket_of

from core.clock import SystemClock
from core.errors import Conflict, InvalidInput, StorageError
from storage.objects import ObjectStore, blob_key
from storage.objects.s3 import S3Address, S3ObjectStore
from storage.objects.s3.writing import MOST_PARTS, part_size

MIB = 1024 * 1024
KEY = "renditions/v/a.bin"
DATA = bytes(range(256)) * 4 * 1024 * 20  # 20 MiB, three parts
AT_ONCE = timedelta(0)


@pytest.fixture
def address(tmp_path: Path) -> Iterator[S3Address]:
    yield bucket_of(tmp_path)
    remove_bucket_of(tmp_path)


@pytest.fixture
def direct(address: S3Address) -> S3ObjectStore:
    return S3ObjectStore(address, SystemClock())


@pytest.fixture
def proxy(address: S3Address) -> Iterator[Proxy]:
    with proxy_to(address.endpoint) as made:
        yield made


@pytest.fixture
def through(address: S3Address, direct: S3ObjectStore, proxy: Proxy) -> S3ObjectStore:
    """The same store, reached by a way that may break."""
    direct.prepare()
    return S3ObjectStore(replace(address, endpoint=proxy.url), SystemClock())


def test_a_broken_read_goes_on_where_it_stopped(
    direct: S3ObjectStore, through: S3ObjectStore, proxy: Proxy
) -> None:
    direct.put(KEY, [DATA], limit=None)
    proxy.cuts = [3 * MIB, 2 * MIB, 500, 9 * MIB]
    with through.open(KEY, 1000, len(DATA) - 1000) as reader:
        assert b"".join(reader) == DATA[1000:-1000]
    assert proxy.opened >= 4


def test_a_broken_read_never_goes_on_with_another_version(
    direct: S3ObjectStore, through: S3ObjectStore, proxy: Proxy
) -> None:
    for after in (lambda: direct.put(KEY, [DATA[::-1]], limit=None), lambda: direct.delete(KEY)):
        direct.put(KEY, [DATA], limit=None)
        proxy.cuts = [3 * MIB]
        with through.open(KEY) as reader:
            begun = reader.read(MIB)
            after()
            with pytest.raises(StorageError, match="replaced or deleted"):
                reader.read()
        assert begun == DATA[:MIB]
        through = S3ObjectStore(through._made.address, SystemClock())


def test_a_read_that_breaks_again_and_again_is_given_up(
    direct: S3ObjectStore, through: S3ObjectStore, proxy: Proxy
) -> None:
    direct.put(KEY, [DATA], limit=None)
    with through.open(KEY) as reader:
        reader.read(10)
        reader._response.close()  # type: ignore[union-attr]
        reader._response = None
        proxy.cuts = [10] * 100
        with pytest.raises(StorageError, match="connection broke"):
            reader.read()


def test_a_broken_write_is_sent_again(
    direct: S3ObjectStore, through: S3ObjectStore, proxy: Proxy
) -> None:
    for cut in (0, 10):
        proxy.cuts = [cut, cut]
        stored = through.put(KEY, [DATA], limit=None)
        assert content(direct, KEY) == DATA
        head = direct.head(KEY)
        assert head is not None
        assert head.version == stored.version
        through = S3ObjectStore(through._made.address, SystemClock())
    assert direct.sweep(AT_ONCE) in {0, 1}  # an upload begun twice, as the first answer was lost
    assert direct.sweep(AT_ONCE) == 0


def test_a_lost_answer_to_the_completion_is_no_failure(direct: S3ObjectStore) -> None:
    bucket = direct._bucket
    upload = bucket.begin(KEY)
    etags = [bucket.put_part(KEY, upload, number, b"x" * 5 * MIB) for number in (1, 2)]
    version = bucket.finish(KEY, upload, etags)
    assert bucket.finish(KEY, upload, etags) == version
    direct.put(KEY, [b"another"], limit=None)
    with pytest.raises(StorageError, match="NoSuchUpload"):
        bucket.finish(KEY, upload, etags)


@pytest.mark.parametrize("fault", ["source", "limit", "hash"])
def test_a_large_write_that_fails_leaves_nothing_behind(direct: S3ObjectStore, fault: str) -> None:
    def breaking() -> Iterator[bytes]:
        yield from (DATA[at : at + MIB] for at in range(0, len(DATA), MIB))
        if fault == "source":
            raise ConnectionResetError("the sender is gone")

    key = blob_key("ab" * 32) if fault == "hash" else KEY
    with pytest.raises(ConnectionResetError if fault == "source" else InvalidInput):
        direct.put(key, breaking(), limit=len(DATA) - 1 if fault == "limit" else None)
    assert keys(direct) == []
    assert list(direct._bucket.unfinished()) == []


def test_a_copy_over_a_join_holds_to_its_version(direct: S3ObjectStore) -> None:
    """As objects beyond 1 GiB are copied."""
    direct.put("incoming/a", [DATA], limit=None)
    found = direct.head("incoming/a")
    assert found is not None
    direct._bucket.join([found], KEY)
    assert content(direct, KEY) == DATA
    direct.put("incoming/a", [DATA[::-1]], limit=None)
    with pytest.raises(Conflict):
        direct._bucket.join([found], KEY)
    assert content(direct, KEY) == DATA


def test_parts_grow_so_that_100_gib_fit() -> None:
    assert sum(map(part_size, range(1, MOST_PARTS + 1))) > 100 * 1024**3
    assert max(map(part_size, range(1, MOST_PARTS + 1))) <= 32 * MIB


def refused(store: ObjectStore, sentence: str) -> None:
    """Every way to use *store* says *sentence*."""
    for attempt in (
        lambda: store.put(KEY, [b"x"], limit=None),
        lambda: store.head(KEY),
        lambda: content(store, KEY),
        lambda: keys(store),
        lambda: store.copy(KEY, "incoming/a"),
        lambda: store.join([KEY], "incoming/a"),
        lambda: store.delete(KEY),
        lambda: store.sweep(AT_ONCE),
        lambda: store.sign_get(KEY, 60, "a.bin", "a/b"),
        lambda: store.sign_put("incoming/a", 60, 1),
    ):
        with pytest.raises(StorageError, match=sentence) as caught:
            attempt()
        assert caught.value.__cause__ is not None


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"access_key": "nobody"}, "check SHENGYU_S3_ACCESS_KEY"),
        ({"secret_key": "wrong-password"}, "check SHENGYU_S3_SECRET_KEY"),
        ({"endpoint": "http://127.0.0.1:1"}, "refuses connections"),
        ({"endpoint": "http://nowhere.invalid"}, "No machine has that name"),
    ],
)
def test_a_wrong_address_is_a_clear_sentence(
    address: S3Address, changes: dict[str, str], sentence: str
) -> None:
    refused(S3ObjectStore(replace(address, **changes), SystemClock(), pause_s=0), sentence)


@pytest.mark.parametrize(
    "changes",
    [
        {"endpoint": "127.0.0.1:9000"},
        {"endpoint": "ftp://a.example"},
        {"endpoint": "http://"},
        {"endpoint": "http://a/b"},
        {"bucket": "No"},
        {"region": "-"},
    ],
)
def test_an_address_that_is_none_is_told_at_once(
    address: S3Address, changes: dict[str, str]
) -> None:
    with pytest.raises(StorageError, match="SHENGYU_S3_ENDPOINT"):
        S3ObjectStore(replace(address, **changes), SystemClock())


def test_an_address_never_shows_its_secret(address: S3Address) -> None:
    assert address.secret_key not in repr(address)


def test_tls_where_there_is_none_is_a_clear_sentence(address: S3Address) -> None:
    store = S3ObjectStore(
        replace(address, endpoint=address.endpoint.replace("http:", "https:")),
        SystemClock(),
        pause_s=0,
    )
    refused(store, "check https in SHENGYU_S3_ENDPOINT")


def test_something_else_that_answers_is_a_clear_sentence(address: S3Address) -> None:
    from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
    from threading import Thread

    class Hello(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(404)
            self.send_header("content-type", "text/html")
            self.end_headers()
            self.wfile.write(b"<p>no such page")

        do_HEAD = do_PUT = do_GET  # noqa: N815 - the names that http.server calls

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Hello) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        store = S3ObjectStore(
            replace(address, endpoint=f"http://127.0.0.1:{server.server_port}"), SystemClock()
        )
        refused(store, "no S3 server")
        server.shutdown()


def test_a_wrong_clock_is_a_clear_sentence(
    direct: S3ObjectStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    direct.prepare()
    now = client_time.utcnow
    with monkeypatch.context() as wrong:
        wrong.setattr(client_time, "utcnow", lambda: now() - timedelta(hours=1))
        for attempt in (lambda: direct.head(KEY), lambda: content(direct, KEY)):
            with pytest.raises(StorageError, match="by NTP"):
                attempt()


def test_a_bucket_that_is_gone_is_not_an_empty_one(
    address: S3Address, direct: S3ObjectStore
) -> None:
    direct.prepare()
    address.client().remove_bucket(bucket_name=address.bucket)
    refused_here = [
        lambda: direct.head(KEY),
        lambda: content(direct, KEY),
        lambda: keys(direct),
        lambda: direct.put(KEY, [b"x"], limit=None),
        lambda: direct.sweep(AT_ONCE),
    ]
    for attempt in refused_here:
        with pytest.raises(StorageError, match="no such bucket"):
            attempt()


def test_the_store_comes_back_by_itself(address: S3Address, direct: S3ObjectStore) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    store = S3ObjectStore(replace(address, endpoint=f"http://127.0.0.1:{port}"), SystemClock())
    with pytest.raises(StorageError, match="refuses connections"):
        store.head(KEY)
    with proxy_to(address.endpoint, port):
        assert store.head(KEY) is None


def test_what_is_no_object_of_ours_is_passed_over(
    address: S3Address, direct: S3ObjectStore
) -> None:
    direct.put("incoming/a", [b"x"], limit=None)
    for stray in (".DS_Store", "incoming/b~", "incoming/folder/", "other/a"):
        address.client()._put_object(bucket_name=address.bucket, object_name=stray, data=b"")
    assert keys(direct) == keys(direct, page=1) == ["incoming/a"]
    assert direct.sweep(AT_ONCE) == 1


def test_links_are_made_for_the_address_that_browsers_know(address: S3Address) -> None:
    public = replace(address, region="us-east-1", public_endpoint="https://files.example.cn")
    store = S3ObjectStore(public, SystemClock())
    begins = f"https://files.example.cn/{address.bucket}/"
    assert store.sign_get(KEY, 60, "a.bin", "a/b").startswith(f"{begins}{KEY}?")
    assert store.sign_put("incoming/a", 60, 1).url == begins
