"""What a crawl is told and what it says afterwards: JSON in, JSON out of the subprocess."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final, Literal, Self, TypeVar

from core.errors import InvalidInput
from crawlers.raw import Identity, SourceType
from storage.mentions import Kind

SourceKind = Literal["feed", "listing", "sitemap", "json_api", "folder"]
Status = Literal["ok", "not_modified", "error"]
Rules = dict[str, Any]
WATCHED: Final = "--watched"  # such a process ends when stdin closes: its starter is gone
_Form = TypeVar("_Form")

_KIND_OF: dict[str | None, Kind] = {"news": "article", "finance": "article", "review": "review"}


@dataclass(frozen=True)
class CrawlJob:
    """One visit to one source. *allow_private* holds ``host:port`` pairs.

    *rules* hold what is special to the kind (see ``crawlers.rules``). *max_pages* counts every page
    asked for, lists and articles; *max_seconds* stops the crawl with what it has. *known* are the
    keys (``crawlers.page_key``) of pages that need no visit now. *headers* go to the host of *url*
    alone: they may hold secrets, which are nowhere else. *missing_secrets* are names of secrets
    that the rules ask for and nobody has set: such a crawl fails at once and says so. *inbox* is
    the folder in which a watched folder lies.
    """

    source_id: str
    source_name: str
    kind: SourceKind
    url: str
    platform: str
    spool: str
    trace_id: str
    pseudonym_key: str
    rules: Rules = field(default_factory=dict)
    source_type: SourceType | None = None
    mention_kind: Kind | None = None
    identity: Identity = "native_id"
    trusted: bool = False
    open_cases: bool = True
    delay_s: float = 1.0
    obey_robots: bool = True
    max_pages: int = 200
    max_seconds: float = 300.0
    etag: str | None = None
    last_modified: str | None = None
    source_version: int | None = None
    contact: str | None = None
    allow_private: tuple[str, ...] = ()
    timezone: str = "Asia/Shanghai"
    known: tuple[str, ...] = field(default=(), repr=False)
    headers: dict[str, str] = field(default_factory=dict, repr=False)
    missing_secrets: tuple[str, ...] = ()
    inbox: str | None = None

    @property
    def spool_path(self) -> Path:
        """Folder that batches are written to."""
        return Path(self.spool)

    @property
    def kind_of_mention(self) -> Kind:
        """The kind its mentions get: as declared, else what the source type suggests."""
        return self.mention_kind or _KIND_OF.get(self.source_type, "post")

    def to_json(self) -> str:
        """Return the job as one line of JSON."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read ``to_json``. Raises ``InvalidInput``."""
        return _read(cls, text, ("allow_private", "known", "missing_secrets"))


@dataclass(frozen=True)
class CrawlReport:
    """What came of a crawl. *error* is the fact, *hint* says in Chinese what to do about it.

    *etag* and *last_modified* also travel in the head of the last batch, where they are stored once
    that batch is durable; take them from here only when *batch_ids* is empty. *pages* counts what
    was fetched, *failed_pages* what could not be had, *known* what was met again and needed no
    visit. *first_published_at* and *last_published_at* span what was found (ISO 8601, UTC).
    *complete* is false when a cap stopped the crawl before its end.
    """

    status: Status
    items: int = 0
    pages: int = 0
    failed_pages: int = 0
    known: int = 0
    error: str | None = None
    hint: str | None = None
    retry_after_s: int | None = None
    batch_ids: tuple[str, ...] = ()
    etag: str | None = None
    last_modified: str | None = None
    first_published_at: str | None = None
    last_published_at: str | None = None
    complete: bool = True

    def to_json(self) -> str:
        """Return the report as one line of JSON."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read ``to_json``. Raises ``InvalidInput``."""
        return _read(cls, text, ("batch_ids",))


def _read(form: type[_Form], text: str, tuple_fields: tuple[str, ...]) -> _Form:
    try:
        record = json.loads(text)
        if not isinstance(record, dict):
            raise InvalidInput(f"not a {form.__name__}: no JSON object")
        return form(**record | {name: tuple(record.get(name, ())) for name in tuple_fields})
    except (ValueError, TypeError) as error:
        raise InvalidInput(f"not a {form.__name__}: {error}") from error
