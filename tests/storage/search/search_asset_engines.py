"""Opens the engines of the library's index for the tests that all of them must pass."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from search_mention_engines import ENGINES, own_address

from storage.search.assets import AssetIndex, EmbeddedAssetIndex
from storage.search.elastic.assets import ElasticAssetIndex

__all__ = ["ENGINES", "opened", "wipe"]


@contextmanager
def opened(engine: str, folder: Path) -> Iterator[AssetIndex]:
    """An empty index, gone afterwards."""
    if engine == "embedded":
        index: AssetIndex = EmbeddedAssetIndex(folder / "workspace" / "assets.sqlite")
        yield index
        index.close()
        return
    with own_address() as address:
        index = ElasticAssetIndex(address)
        yield index
        index.close()


def wipe(index: AssetIndex) -> None:
    """Remove everything: quicker than a new index."""
    index.delete(list(index.revisions()))
