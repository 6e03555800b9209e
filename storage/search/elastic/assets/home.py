"""The place of the library's index in Elasticsearch: made when it is missing."""

import threading
from typing import Any, Final

from core.errors import StorageError
from core.log import logger
from storage.search.elastic.assets.layout import MAPPINGS, SETTINGS, VERSION
from storage.search.elastic.connection import Connection, ElasticAddress, Json, segment
from storage.search.elastic.failures import Refused
from storage.search.elastic.months import ALL_COPIES

_MISSING: Final = "index_not_found_exception"
# A shard that does not answer must not look like one that holds nothing.
_WHOLE: Final = {"allow_partial_search_results": "false"}


class Home:
    """The alias ``<prefix>-assets``, and behind it the index of this version's layout.

    Nothing is asked before the first use. An index of an older version is left for a new one and
    removed; ``assets.indexing.heal`` fills what is new from the records.
    """

    def __init__(self, address: ElasticAddress) -> None:
        self._connection = Connection(address)
        self.alias = f"{address.prefix}-assets"
        self._ready = False
        self._lock = threading.Lock()

    @property
    def connection(self) -> Connection:
        """The way to the server, where the index is ready."""
        self._prepare()
        return self._connection

    def search(self, body: Json) -> Json:
        """Return what a search of the index finds. Raises ``StorageError``."""
        path = f"/{segment(self.alias)}/_search"
        try:
            found: Json = self.connection.send("POST", path, body, params=_WHOLE, awaited=True).body
        except Refused as error:
            if error.kind == _MISSING:
                raise self.missing() from error
            raise
        return found

    def close(self) -> None:
        """Close the connection; using it afterwards raises ``StorageError``."""
        self._connection.close()

    def missing(self) -> StorageError:
        """Return the error for an index that went away while it was used.

        It is not made anew by the way: who searches an empty one would believe what it says.
        """
        return StorageError(
            f"The search index {self.alias} is missing. Start the service again: it is made anew "
            "from the records."
        )

    def _prepare(self) -> None:
        with self._lock:
            if self._ready:
                return
            self._make()
            # Its shards may still be on their way, if another process has just made it.
            self._connection.send(
                "GET",
                f"/_cluster/health/{segment(self.alias)}",
                params={"wait_for_status": "yellow"},
            )
            self._ready = True

    def _make(self) -> None:
        held = self._versions()
        newest = max(held, default=0)
        if newest > VERSION:
            raise StorageError(
                f"The search index {self.alias} was written by a newer version of this service "
                f"(format {newest}; this one knows {VERSION}). Install the newer version again."
            )
        if newest == VERSION:
            return
        name = self._named(VERSION)
        made = self._connection.send(
            "PUT",
            f"/{segment(name)}",
            {"mappings": MAPPINGS, "settings": SETTINGS},
            params=ALL_COPIES,
            allowed=(400,),
        )
        # Another process may have been quicker.
        if made.status == 400 and made.body["error"]["type"] != "resource_already_exists_exception":
            raise StorageError(f"The search index {name} cannot be made: {made.body['error']}")
        actions: list[dict[str, Any]] = [{"add": {"index": name, "alias": self.alias}}]
        actions += [{"remove_index": {"index": self._named(version)}} for version in held]
        self._connection.send("POST", "/_aliases", {"actions": actions}, allowed=(404,))
        logger("search").info("search.made", index=name)

    def _versions(self) -> list[int]:
        """Return the versions of the layouts behind the alias."""
        found = self._connection.send("GET", f"/_alias/{segment(self.alias)}", allowed=(404,))
        if found.status == 404:
            return []
        names = (name.removeprefix(f"{self.alias}-") for name in found.body)
        return [int(name) for name in names if name.isdecimal()]

    def _named(self, version: int) -> str:
        return f"{self.alias}-{version}"
