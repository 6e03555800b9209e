"""Opens the engines of the library's index for the tests that all of them must pass."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import server_addresses

from storage.search.assets import AssetIndex, EmbeddedAssetIndex
from storage.search.elastic import ElasticAddress
from storage.search.elastic.assets import ElasticAssetIndex
from storage.search.elastic.connection import Connection

ENGINES = ("embedded", "elasticsearch")


@contextmanager
def opened(engine: str, folder: Path) -> Iterator[AssetIndex]:
    """An empty index, gone afterwards."""
    if engine == "embedded":
        index: AssetIndex = EmbeddedAssetIndex(folder / "workspace" / "assets.sqlite")
        yield index
        index.close()
        return
    with elastic_address() as address:
        index = ElasticAssetIndex(address)
        yield index
        index.close()


@contextmanager
def elastic_address() -> Iterator[ElasticAddress]:
    """The tests' server, with a prefix of one's own."""
    server = server_addresses.elasticsearch()
    prefix = f"test-{uuid.uuid4().hex[:12]}"
    address = ElasticAddress(server.url, server.username, server.password, prefix=prefix)
    yield address
    connection = Connection(address)
    found = connection.send("GET", f"/{prefix}-*/_alias").body
    for name in found:
        connection.send("DELETE", f"/{name}")
    connection.close()


def wipe(index: AssetIndex) -> None:
    """Remove everything: quicker than a new index."""
    index.delete(list(index.revisions()))
