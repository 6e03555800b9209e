"""Opens the engines of the mentions' index for the tests that all of them must pass."""

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import server_addresses

from storage.search import EmbeddedMentionIndex, MentionIndex, Selection
from storage.search.elastic import ElasticAddress, ElasticMentionIndex
from storage.search.elastic.connection import Connection

ENGINES = ("embedded", "elasticsearch")
# Of this process: making indices takes longer than most tests.
_PREFIX = f"test-{os.getpid()}-{uuid.uuid4().hex[:8]}"


@contextmanager
def opened(engine: str, folder: Path) -> Iterator[MentionIndex]:
    """An empty index, gone or emptied afterwards."""
    if engine == "embedded":
        index: MentionIndex = EmbeddedMentionIndex(folder / "workspace" / "search.sqlite")
        yield index
        index.close()
        return
    index = ElasticMentionIndex(address())
    yield index
    index.close()
    wipe(address())


@contextmanager
def opened_alone(engine: str, folder: Path) -> Iterator[MentionIndex]:
    """An empty index that no other test shares meanwhile."""
    if engine == "embedded":
        with opened(engine, folder) as embedded:
            yield embedded
        return
    with own_address() as own:
        index = ElasticMentionIndex(own)
        yield index
        index.close()


def address(prefix: str = _PREFIX) -> ElasticAddress:
    """The tests' server, where this process has indices of its own."""
    server = server_addresses.elasticsearch()
    return ElasticAddress(server.url, server.username, server.password, prefix=prefix)


@contextmanager
def own_address() -> Iterator[ElasticAddress]:
    """An address with a prefix of its own, for tests that change more than mentions."""
    found = address(f"test-{uuid.uuid4().hex[:12]}")
    yield found
    remove(found)


def wipe(used: ElasticAddress) -> None:
    """Remove every mention: quicker than new indices."""
    index = ElasticMentionIndex(used)
    index.sync()
    index.delete_selected(Selection())
    index.close()


def remove(used: ElasticAddress) -> None:
    """Remove everything that was made under a prefix."""
    connection = Connection(used)
    for name in connection.send("GET", f"/{used.prefix}-*/_alias").body:
        connection.send("DELETE", f"/{name}")
    template = f"/_index_template/{used.prefix}-mentions"
    connection.send("DELETE", template, allowed=(404,))
    connection.close()


def remove_shared() -> None:
    """Remove what the tests of this process shared."""
    remove(address())
