"""The mentions' indices in Elasticsearch: their names, fields and settings."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from storage.search import order

# Counted up with every change of the fields or the tokens; ``rebuilding`` carries it out.
VERSION: Final = 1

FIRST_YEAR: Final = 2000
LAST_YEAR: Final = 2100
BEFORE: Final = f"before-{FIRST_YEAR}"
AFTER: Final = f"after-{LAST_YEAR}"

_TOKENS: Final = {"type": "text", "analyzer": "whitespace", "norms": False}
_KEYWORD: Final = {"type": "keyword"}
_LONG: Final = {"type": "long"}
MAPPINGS: Final[dict[str, Any]] = {
    "_meta": {"version": VERSION},
    "dynamic": "false",
    # The document holds all of it, at a third of the size.
    "_source": {"excludes": ["title", "text", "tags"]},
    "properties": {
        "title": _TOKENS,
        "text": _TOKENS,
        # Hashes of keywords, as in the embedded engine: filters mean the same.
        "tags": {"type": "keyword", "doc_values": False},
        "published": {"type": "date"},
        "published_us": _LONG,
        "number": _LONG,
        "tie": {"type": "long", "index": False},
        "label": _KEYWORD,
        "platform": _KEYWORD,
        "brand": _KEYWORD,
        "batch_id": _KEYWORD,
        "engagement": {"type": "object", "enabled": False},
        "document": {"type": "object", "enabled": False},
    },
}
ID_MAPPINGS: Final[dict[str, Any]] = {
    "_meta": {"version": 1},
    "dynamic": "false",
    "properties": {"month": {"type": "keyword", "doc_values": False}},
}


@dataclass(frozen=True)
class Layout:
    """The indices of one prefix.

    Every month of ``published_at`` (UTC) has one, behind the alias ``mentions``; the template
    makes it with the first mention. The index ``ids`` knows the month of every id, so an id is
    unique whatever the dates say. *replicas* of None means one wherever there is a second node.
    """

    prefix: str
    shards: int = 1
    replicas: int | None = None

    @property
    def mentions(self) -> str:
        """The alias of all months."""
        return f"{self.prefix}-mentions"

    @property
    def ids(self) -> str:
        """The index of the ids."""
        return f"{self.prefix}-mention-ids"

    def index(self, month: str) -> str:
        """Return the name of the index, or alias, of a *month*."""
        return f"{self.mentions}-{month}"

    def rebuilt(self, month: str, times: str) -> str:
        """Return the name of the index of a *month* that was rebuilt, outside the template."""
        return f"{self.prefix}-rebuilt-{month}-{times}"

    @property
    def settings(self) -> dict[str, str]:
        """The settings of a month, as Elasticsearch gives them back."""
        return self._settings("1s")

    @property
    def template(self) -> dict[str, Any]:
        """The index template of the months."""
        return {
            "index_patterns": [self.index("*")],
            "priority": 500,
            "version": VERSION,
            "template": {
                "settings": self.settings,
                "mappings": MAPPINGS,
                "aliases": {self.mentions: {}},
            },
        }

    @property
    def id_index(self) -> dict[str, Any]:
        """What the index of the ids is made with. It is read by id, which needs no refresh."""
        return {"settings": self._settings("30s"), "mappings": ID_MAPPINGS}

    def _settings(self, refresh: str) -> dict[str, str]:
        replicas = (
            {"index.auto_expand_replicas": "0-1"}
            if self.replicas is None
            else {"index.number_of_replicas": str(self.replicas)}
        )
        return {
            "index.number_of_shards": str(self.shards),
            "index.refresh_interval": refresh,
            **replicas,
        }


def month_of(published: datetime) -> str:
    """Return the month of *published* (aware), ``2026.11``.

    What lies before 2000 or after 2100 shares one each: a hostile feed's dates must not make
    thousands of indices.
    """
    start = order.month_start(published)
    if start.year < FIRST_YEAR:
        return BEFORE
    return f"{start:%Y.%m}" if start.year <= LAST_YEAR else AFTER
