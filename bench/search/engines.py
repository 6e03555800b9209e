"""The engines under measurement, each behind ``MentionIndex``, and how one is opened and removed.

The embedded engine lies in a folder. Elasticsearch is found as the tests find it, through the file
that ``SHENGYU_TEST_SERVERS`` names; the indices of the benchmark have a prefix of their own.
"""

import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from storage.search import EmbeddedMentionIndex, MentionIndex
from storage.search.elastic import ElasticAddress, ElasticMentionIndex
from storage.search.elastic.connection import Connection

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
        return ElasticMentionIndex(elastic_address())

    def remove(self) -> None:
        """Remove what the benchmark wrote."""
        if self.name == "embedded":
            shutil.rmtree(self.folder, ignore_errors=True)
        else:
            _remove_indices()


def elastic_address() -> ElasticAddress:
    """Return the server of the tests, with the benchmark's prefix."""
    told = os.environ.get("SHENGYU_TEST_SERVERS")
    if told is None:
        raise SystemExit("Set SHENGYU_TEST_SERVERS to the file of the servers' addresses.")
    server = json.loads(Path(told).read_text(encoding="utf-8"))["elasticsearch"]
    return ElasticAddress(**server, prefix=PREFIX)


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
