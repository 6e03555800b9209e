"""The place of the library's index in Elasticsearch: made when it is missing."""

import threading
from typing import Any

from core.errors import StorageError
from core.log import logger
from storage.search.elastic.assets.layout import MAPPINGS, SETTINGS, VERSION
from storage.search.elastic.connection import Answer, Connection, segment
from storage.search.elastic.failures import Refused

_MISSING = "index_not_found_exception"


class Home:
    """The alias ``<prefix>-assets``, and behind it the index of this version's layout.

    Nothing is asked before the first use. An index of an older version is left for a new one and
    removed; ``assets.indexing.heal`` fills what is new from the records.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.alias = f"{connection.prefix}-assets"
        self._ready = False
        self._lock = threading.Lock()

    def send(
        self,
        method: str,
        action: str,
        body: object = None,
        params: dict[str, Any] | None = None,
    ) -> Answer:
        """Ask the index, which is made first if need be. Raises ``StorageError``."""
        self._prepare()
        try:
            return self._connection.send(
                method, f"/{segment(self.alias)}/{action}", body, params=params
            )
        except Refused as error:
            if error.kind == _MISSING:
                raise self.missing() from error
            raise

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
