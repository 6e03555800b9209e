"""Signed links over real HTTP: the folder's through our routes, S3's by the server itself."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest
from objects_engines import content, keys, open_store
from web_server import serve

from api.app import make_app
from api.wiring import open_service
from core.clock import FixedClock, SystemClock
from core.settings import Settings
from core.workspace import use_workspace
from storage.objects import ObjectStore, SignedUpload

KEY = "renditions/ver_1/thumb.webp"
NAME = "星澜 & 手册=1+1%.pdf"
DATA = bytes(range(256)) * 40
REFUSED = {400, 403}


@dataclass
class Reached:
    """A store, the clock that dates its links, and a client that follows them."""

    store: ObjectStore
    clock: FixedClock
    client: httpx.Client

    def get(self, url: str, **headers: str) -> httpx.Response:
        return self.client.get(url, headers=headers)

    def send(self, upload: SignedUpload, data: bytes) -> httpx.Response:
        if upload.method == "PUT":
            return self.client.put(upload.url, content=data)
        return self.client.post(upload.url, data=dict(upload.fields), files={"file": data})


@pytest.fixture
def reached(engine: str, tmp_path: Path) -> Iterator[Reached]:
    clock = FixedClock(SystemClock().now())
    store = open_store(engine, tmp_path, clock)
    settings = Settings(data_dir=tmp_path / "data", sample="off")
    service = replace(
        open_service(settings, use_workspace(settings.data_dir, "main")),
        files=store,
        # Our routes go by the machine's time, as the server does; links are dated by the test.
        clock=SystemClock(),
    )
    with (
        serve(make_app(service)) as address,
        httpx.Client(base_url=address, trust_env=False) as client,
    ):
        yield Reached(store, clock, client)
    service.close()


def test_a_link_downloads_the_file_under_its_name(reached: Reached) -> None:
    reached.store.put(KEY, [DATA], limit=None)
    answer = reached.get(reached.store.sign_get(KEY, 60, NAME, "application/pdf"))
    assert (answer.status_code, answer.content) == (200, DATA)
    assert answer.headers["content-type"] == "application/pdf"
    disposition = answer.headers["content-disposition"]
    assert disposition.startswith("attachment; ")
    assert disposition.endswith(f"filename*=UTF-8''{quote(NAME, safe='')}")


def test_a_link_gives_ranges(reached: Reached) -> None:
    reached.store.put(KEY, [DATA], limit=None)
    url = reached.store.sign_get(KEY, 60, NAME, "application/pdf")
    answer = reached.get(url, range="bytes=100-199")
    assert (answer.status_code, answer.content) == (206, DATA[100:200])
    assert answer.headers["content-range"] == f"bytes 100-199/{len(DATA)}"
    assert reached.get(url, range=f"bytes={len(DATA)}-").status_code == 416


def test_a_link_uploads_a_file_and_may_be_used_again(reached: Reached) -> None:
    upload = reached.store.sign_put("incoming/a", 60, len(DATA))
    for data in (b"first", DATA, b""):
        assert reached.send(upload, data).status_code == 201
        assert content(reached.store, "incoming/a") == data


def test_one_byte_too_many_is_refused_and_leaves_what_was_there(reached: Reached) -> None:
    upload = reached.store.sign_put("incoming/a", 60, len(DATA))
    assert reached.send(upload, DATA).status_code == 201
    assert reached.send(upload, b"x" * (len(DATA) + 1)).status_code in REFUSED
    assert content(reached.store, "incoming/a") == DATA


def test_an_expired_link_is_refused(reached: Reached) -> None:
    reached.store.put(KEY, [DATA], limit=None)
    reached.clock.advance(timedelta(seconds=-61))
    url = reached.store.sign_get(KEY, 60, NAME, "application/pdf")
    assert reached.get(url).status_code == 403
    assert reached.send(reached.store.sign_put("incoming/a", 60, 10), b"x").status_code == 403
    assert keys(reached.store) == [KEY]


@pytest.mark.parametrize(
    "change",
    [
        lambda url: url.replace("ver_1", "ver_2"),
        lambda url: url.replace("thumb.webp", "other.webp"),
        lambda url: url.replace("pdf", "html"),
        lambda url: url[:-1] + ("a" if url[-1] != "a" else "b"),
        lambda url: url.partition("?")[0],
    ],
    ids=["folder", "key", "type", "signature", "nothing"],
)
def test_a_changed_link_is_refused(reached: Reached, change: Callable[[str], str]) -> None:
    for key in (KEY, KEY.replace("ver_1", "ver_2"), KEY.replace("thumb", "other")):
        reached.store.put(key, [DATA], limit=None)
    url = reached.store.sign_get(KEY, 60, NAME, "application/pdf")
    assert change(url) != url
    assert reached.get(change(url)).status_code == 403


def test_an_upload_goes_to_its_own_key_alone(reached: Reached) -> None:
    upload = reached.store.sign_put("incoming/a", 60, 10)
    other = replace(
        upload,
        url=upload.url.replace("incoming/a", "incoming/b"),
        fields=dict(upload.fields) | ({"key": "incoming/b"} if upload.fields else {}),
    )
    assert reached.send(other, b"x").status_code == 403
    assert keys(reached.store) == []


def test_the_signature_of_an_upload_counts(reached: Reached) -> None:
    upload = reached.store.sign_put("incoming/a", 60, 10)
    wrong = "0" * 64
    changed = replace(
        upload,
        url=upload.url[:-3] + "AAA" if "?" in upload.url else upload.url,
        fields={name: wrong if "signature" in name else v for name, v in upload.fields.items()},
    )
    assert changed != upload
    assert reached.send(changed, b"x").status_code == 403
    assert keys(reached.store) == []
