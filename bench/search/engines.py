"""The engines under measurement, each behind ``MentionIndex``, and how one is opened and removed.

The embedded engine lies in a folder. Elasticsearch is found by the service's own settings
(``SHENGYU_ELASTICSEARCH_URL``, ``_USERNAME``, ``_PASSWORD``, ``_API_KEY``, ``_CA_FILE``); the
indices of the benchmark have a prefix of their own.
"""

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from core.settings import Settings
from storage.search import EmbeddedMentionIndex, MentionIndex
from storage.search.elastic.connection import Connection, ElasticAddress

EngineName = Literal["embedded", "elasticsearch"]
PREFIX: Final = "shengyu-bench-search"


@dataclass(frozen=True)
class Engine:
    """An engine and its data. *folder* is where the embedded one keeps its file."""

    name: EngineName
    folder: Path

    @property
    def file(self) -> Path:
        """The file of the embedded engine."""
        return self.folder / "search.sqlite"

    def open(self) -> MentionIndex:
        """Open it in this process."""
        if self.name == "embedded":
            return EmbeddedMentionIndex(self.file)
        from storage.search.elastic import ElasticMentionIndex

        return ElasticMentionIndex(elastic_address())

    def remove(self) -> None:
        """Remove what the benchmark wrote."""
        if self.name == "embedded":
            shutil.rmtree(self.folder, ignore_errors=True)
        else:
            _remove_indices()


def elastic_address() -> ElasticAddress:
    """Return the server of the settings, with the benchmark's prefix."""
    told = Settings()
    if told.elasticsearch_url is None:
        raise SystemExit("Set SHENGYU_ELASTICSEARCH_URL, _USERNAME and _PASSWORD.")
    password, key = told.elasticsearch_password, told.elasticsearch_api_key
    return ElasticAddress(
        told.elasticsearch_url,
        told.elasticsearch_username,
        None if password is None else password.get_secret_value(),
        None if key is None else key.get_secret_value(),
        told.elasticsearch_ca_file,
        PREFIX,
    )


def _remove_indices() -> None:
    server = Connection(elastic_address())
    try:
        for path, pattern in (("", f"{PREFIX}*"), ("_index_template/", f"{PREFIX}*")):
            found = server.send("GET", f"/{path}{pattern}", allowed={404})
            if found.status == 404:
                continue
            names = [each["name"] for each in found.body["index_templates"]] if path else found.body
            for name in names:
                server.send("DELETE", f"/{path}{name}", allowed={404})
    finally:
        server.close()
