"""The form of a source: read, checked, and given back as it was written when it is wrong."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from starlette.datastructures import FormData

from api.doors import text_field
from api.pages.i18n import _
from api.pages.source_rule_words import group_names, rule_words
from api.pages.source_rules import (
    BY_JSON,
    GROUPS,
    JSON_FIELD,
    NAMES,
    PREFIX,
    field_of_rule,
    rules_of,
    values_of,
)
from api.pages.source_words import kind_name
from core.errors import InvalidInput
from crawlers.sources import SourceInput
from storage.records.watch import Source

_LONG: Final = frozenset({"headers", "body", "comments", "include", "exclude"})
_SWITCHES: Final = frozenset({"follow"})
_NUMBERS: Final = frozenset({"newer_days", "follow_below", "paging.first", "paging.step"})
_SHORT: Final = 4_000
_LONGEST: Final = 20_000


@dataclass(frozen=True)
class RuleField:
    """One rule as a field: *form* says which macro draws it."""

    id: str
    label: str
    hint: str
    form: str
    choices: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class RuleGroup:
    """Rules that belong together; *is_open* where one of them is set or wrong."""

    name: str
    fields: tuple[RuleField, ...]
    is_open: bool


@dataclass(frozen=True)
class SourceForm:
    """What the fields hold, as text; *errors* by field; *notice* is about the whole form."""

    id: str = ""
    version: int = 0
    values: Mapping[str, str] = field(default_factory=lambda: dict(_EMPTY))
    errors: Mapping[str, str] = field(default_factory=dict)
    notice: str = ""

    @classmethod
    def of(cls, source: Source) -> "SourceForm":
        """Return the form that shows *source*."""
        return cls(source.id, source.version, _values(source))

    @classmethod
    def filled(cls, given: SourceInput) -> "SourceForm":
        """Return the form of a new source that is already filled with *given*."""
        return cls(values=_values(given))

    @property
    def kind_name(self) -> str:
        """What this kind of source is called."""
        return kind_name(self.values["kind"])

    @property
    def by_json(self) -> bool:
        """Whether the rules are taken from the JSON."""
        return self.values[BY_JSON] == "on"

    @property
    def source_types(self) -> list[tuple[str, str]]:
        """Types to choose from: they decide how sentiment is calibrated."""
        return [
            ("", _("不确定")),
            ("weibo", _("微博一类的短帖")),
            ("news", _("新闻")),
            ("finance", _("财经")),
            ("forum", _("论坛")),
            ("review", _("评价")),
        ]

    @property
    def identities(self) -> list[tuple[str, str]]:
        """Ways to tell mentions apart."""
        return [
            ("native_id", _("平台给的编号")),
            ("url", _("网址")),
            ("content", _("作者与正文（条目共用一个链接时）")),
        ]

    @property
    def groups(self) -> tuple[RuleGroup, ...]:
        """The rules of this kind, the first group always shown."""
        words, titles = rule_words(), group_names()
        return tuple(
            RuleGroup(
                titles.get(group, ""),
                tuple(_field(self.values["kind"], name, *words[name]) for name in names),
                any(self.values[PREFIX + name] or PREFIX + name in self.errors for name in names),
            )
            for group, names in GROUPS.get(self.values["kind"], ())
        )

    def checked(self) -> SourceInput:
        """Return what the room below takes. Raises ``InvalidInput`` for what is no number."""
        kind = self.values["kind"]
        return SourceInput(
            name=self.values["name"],
            kind=kind,
            url="" if kind == "folder" else self.values["url"],
            platform=self.values["platform"],
            source_type=self.values["source_type"] or None,
            identity=self.values["identity"],
            rules=rules_of(kind, self.values),
            interval_s=round(self._number("interval_min") * 60),
            delay_s=self._number("delay_s"),
            obey_robots=self.values["obey_robots"] == "on",
            max_pages=round(self._number("max_pages")),
            trusted=self.values["trusted"] == "on",
            enabled=self.values["enabled"] == "on",
        )

    def wrong(self, error: InvalidInput) -> "SourceForm":
        """Return this form with *error* at its field, or above it where it has none."""
        about = error.field or ""
        name = {"interval_s": "interval_min"}.get(about, about)
        if about and name not in self.values:
            name = field_of_rule(about, self.by_json)
        if name in self.values:
            return replace(self, errors={name: str(error)})
        return replace(self, notice=str(error))

    def stale(self, message: str, current: int) -> "SourceForm":
        """Return this form over the *current* version: sending it again overwrites knowingly."""
        return replace(self, notice=message, version=current)

    def _number(self, name: str) -> float:
        try:
            number = float(self.values[name])
        except ValueError as error:
            raise InvalidInput(_("请填写数字。"), field=name) from error
        if not abs(number) < 1e9:
            raise InvalidInput(_("这个数字太大了。"), field=name)
        return number


_EMPTY: Final[Mapping[str, str]] = {
    "name": "",
    "kind": "feed",
    "url": "",
    "platform": "",
    "source_type": "",
    "identity": "native_id",
    "interval_min": "15",
    "delay_s": "1",
    "max_pages": "200",
    "trusted": "",
    "obey_robots": "on",
    "enabled": "on",
    JSON_FIELD: "",
    BY_JSON: "",
} | {PREFIX + name: "" for name in NAMES}


def empty_form(kind: str) -> SourceForm:
    """Return the form of a new source of *kind*."""
    identity = {"feed": "native_id", "json_api": "native_id", "folder": "native_id"}
    changed = {"kind": kind, "identity": identity.get(kind, "url")}
    return SourceForm(values=dict(_EMPTY) | changed)


def read_form(form: FormData, source_id: str = "") -> SourceForm:
    """Read what was sent."""
    version = text_field(form, "version")
    return SourceForm(
        source_id,
        int(version) if version.isdigit() and len(version) < 10 else 0,
        {
            name: text_field(form, name, limit=_LONGEST if name == JSON_FIELD else _SHORT)
            for name in _EMPTY
        },
    )


def _values(source: Source | SourceInput) -> dict[str, str]:
    return {
        "name": source.name,
        "kind": source.kind,
        "url": source.url,
        "platform": source.platform,
        "source_type": source.source_type or "",
        "identity": source.identity,
        "interval_min": f"{source.interval_s / 60:g}",
        "delay_s": f"{source.delay_s:g}",
        "max_pages": str(source.max_pages),
        "trusted": "on" if source.trusted else "",
        "obey_robots": "on" if source.obey_robots else "",
        "enabled": "on" if source.enabled else "",
    } | values_of(source.kind, source.rules)


def _field(kind: str, name: str, label: str, hint: str) -> RuleField:
    choices: tuple[tuple[str, str], ...] = ()
    long = name in _LONG
    if name == "comments":
        long = kind == "json_api"
        label = _("评论的取法（JSON）") if long else label
        hint = (
            _("url、items、fields，写法同上；网址里的 {native_id} 换成条目的编号。")
            if long
            else hint
        )
    if name == "method":
        choices = (("", "GET"), ("POST", "POST"))
    elif name == "paging.by":
        choices = (
            ("", _("不翻页")),
            ("page", _("页码")),
            ("offset", _("偏移量")),
            ("cursor", _("游标")),
            ("url", _("答复里的网址")),
        )
    form = "select" if choices else "area" if long else "field"
    form = "check" if name in _SWITCHES else "number" if name in _NUMBERS else form
    return RuleField(PREFIX + name, label, hint, form, choices)
