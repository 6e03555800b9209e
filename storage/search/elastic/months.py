"""Makes the index of a month before its first mention, so that a node may be lost at once.

An index that a write makes by the way takes writes on its first shard alone, some seconds before
the second copy is there: who loses that node meanwhile has lost what was acknowledged.
"""

from collections.abc import Iterable
from typing import Final

from storage.search.elastic.connection import Connection, segment
from storage.search.elastic.layout import Layout

# A cluster that has lost a node already gives no second copy for a while; writing goes on then.
PATIENCE: Final = "10s"
ALL_COPIES: Final = {"wait_for_active_shards": "all", "timeout": PATIENCE}


def make_ready(connection: Connection, layout: Layout, months: Iterable[str]) -> None:
    """Make the indices of *months* unless they are there, and wait a little for their copies."""
    for month in months:
        index = segment(layout.index(month))
        # Refused where it exists, also as an alias of a rebuilt one. What else is wrong with it,
        # the write that follows is told too.
        connection.send("PUT", f"/{index}", params=ALL_COPIES, allowed=(400,))
        connection.send("GET", f"/_cluster/health/{index}", params=ALL_COPIES, allowed=(408,))
