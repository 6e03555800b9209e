"""Adding, changing, pausing and running sources."""

import json
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Final, cast, get_args

from sqlalchemy.orm import Session

from core.clock import Clock
from core.errors import AddressRefused, InvalidInput, NotFound
from core.ids import Ids
from crawlers.addresses import AllowList, check_url
from crawlers.job import SourceKind
from crawlers.raw import Identity, SourceType
from crawlers.revisits import forget_pages
from crawlers.rules import check_rules
from storage.records.audit import audit
from storage.records.editing import demand_free_name, of_version
from storage.records.watch import Source

_WHAT: Final = "来源"
SHORTEST_INTERVAL_S: Final = 60
LONGEST_INTERVAL_S: Final = 30 * 86_400
_LONGEST_DELAY_S: Final = 60.0
_MOST_PAGES: Final = 5000
_LONGEST_URL: Final = 2000
_LONGEST_RULES: Final = 20_000


@dataclass(frozen=True)
class SourceInput:
    """What a person says about a source; see ``storage.records.watch.Source``."""

    name: str
    kind: str
    url: str
    platform: str
    source_type: str | None = None
    identity: str = "native_id"
    rules: dict[str, Any] = field(default_factory=dict)
    interval_s: int = 900
    delay_s: float = 1.0
    obey_robots: bool = True
    max_pages: int = 200
    trusted: bool = False
    enabled: bool = True

    def trimmed(self) -> "SourceInput":
        """Return it without blanks around its texts: they would make two of one name."""
        texts = {name: getattr(self, name).strip() for name in ("name", "platform", "url")}
        return replace(self, **texts)

    def check(self, allow: AllowList) -> None:
        """Raise ``InvalidInput`` that names the field and says what to put there."""
        for name in ("name", "platform"):
            value = getattr(self, name)
            if not value.strip() or len(value) > 100 or not value.isprintable():
                raise InvalidInput("请填写 1 到 100 个看得见的字符。", field=name)
        _choice("kind", self.kind, get_args(SourceKind))
        _choice("identity", self.identity, get_args(Identity))
        if self.source_type is not None:
            _choice("source_type", self.source_type, get_args(SourceType))
        _range("interval_s", self.interval_s, SHORTEST_INTERVAL_S, LONGEST_INTERVAL_S)
        _range("delay_s", self.delay_s, 0, _LONGEST_DELAY_S)
        _range("max_pages", self.max_pages, 1, _MOST_PAGES)
        _check_rules(self.kind, self.rules)
        if self.kind == "folder":
            if self.url:
                raise InvalidInput("文件夹来源不需要网址，请留空。", field="url")
            return
        if len(self.url) > _LONGEST_URL:
            raise InvalidInput(f"网址最多 {_LONGEST_URL} 个字符。", field="url")
        try:
            check_url(self.url, allow)
        except AddressRefused as error:
            raise InvalidInput(str(error), field="url") from error


def add_source(
    session: Session, given: SourceInput, allow: AllowList, actor: str, clock: Clock, ids: Ids
) -> Source:
    """Add a source that is due at once. Raises ``InvalidInput``."""
    given = given.trimmed()
    given.check(allow)
    demand_free_name(session, Source, given.name, None, _WHAT)
    now = clock.now()
    source = Source(id=ids.new("src"), created_at=now, next_due_at=now, **asdict(given))
    session.add(source)
    session.flush()
    audit(session, now, actor, "add", "source", source.id, **asdict(given))
    return source


def edit_source(
    session: Session,
    source_id: str,
    version: int,
    given: SourceInput,
    allow: AllowList,
    actor: str,
    clock: Clock,
) -> Source:
    """Change a source that still has *version*; it is due at once and forgets its validators.

    Raises ``NotFound``, ``Conflict`` or ``InvalidInput``. The identity stays as it was declared:
    another one would make every known mention new.
    """
    given = given.trimmed()
    given.check(allow)
    source = of_version(session, Source, source_id, version, _WHAT)
    if given.identity != source.identity:
        raise InvalidInput("来源的标识方式一经设定不能更改；请另建来源。", field="identity")
    demand_free_name(session, Source, given.name, source_id, _WHAT)
    if (given.kind, given.url, given.rules) != (source.kind, source.url, source.rules):
        forget_pages(session, source.id)
    for name, value in asdict(given).items():
        setattr(source, name, value)
    source.version += 1
    source.etag = source.last_modified = None
    source.failures = 0
    source.next_due_at = clock.now()
    audit(session, clock.now(), actor, "edit", "source", source.id, **asdict(given))
    return source


def set_enabled(
    session: Session, source_id: str, version: int, enabled: bool, actor: str, clock: Clock
) -> Source:
    """Pause a source or let it go on. Raises ``NotFound`` or ``Conflict``."""
    source = of_version(session, Source, source_id, version, _WHAT)
    source.enabled = enabled
    source.version += 1
    audit(session, clock.now(), actor, "resume" if enabled else "pause", "source", source.id)
    return source


def run_now(session: Session, source_id: str, actor: str, clock: Clock) -> Source:
    """Make a source due at once. Raises ``NotFound``."""
    source = session.get(Source, source_id)
    if source is None:
        raise NotFound("没有这个来源。")
    source.next_due_at = clock.now()
    audit(session, clock.now(), actor, "run", "source", source.id)
    return source


def _choice(name: str, value: str, choices: tuple[str, ...]) -> None:
    if value not in choices:
        raise InvalidInput(f"应为其中之一：{'、'.join(choices)}。", field=name)


def _range(name: str, value: float, least: float, most: float) -> None:
    if not least <= value <= most:
        raise InvalidInput(f"应在 {least:g} 与 {most:g} 之间。", field=name)


def _check_rules(kind: str, rules: dict[str, Any]) -> None:
    try:
        size = len(json.dumps(rules))
    except (TypeError, ValueError, RecursionError) as error:
        raise InvalidInput("规则应为 JSON 对象。", field="rules") from error
    if size > _LONGEST_RULES:
        raise InvalidInput(f"规则最多 {_LONGEST_RULES} 个字符。", field="rules")
    check_rules(cast("SourceKind", kind), rules)
