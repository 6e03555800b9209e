"""The form of a source: read, checked, and given back as it was written when it is wrong."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from starlette.datastructures import FormData

from api.doors import text_field
from api.pages.i18n import _
from core.errors import InvalidInput
from crawlers.rules import FIELD_RULES, LIST_RULES
from crawlers.sources import SourceInput
from storage.records.watch import Source

RULES: Final = (*LIST_RULES, *FIELD_RULES)
_RULE: Final = "rule_"


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
        values = {
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
        }
        rules = {_RULE + name: str(source.rules.get(name) or "") for name in RULES}
        return cls(source.id, source.version, values | rules)

    @property
    def kinds(self) -> list[tuple[str, str]]:
        """Kinds to choose from."""
        return [("feed", _("订阅源（RSS、Atom、JSON Feed）")), ("listing", _("列表页"))]

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
    def rules(self) -> list[tuple[str, str]]:
        """Rules of a listing: field and what it selects."""
        names = {
            "item": _("文章链接（item）"),
            "next": _("下一页（next）"),
            "title": _("标题（title）"),
            "text": _("正文（text）"),
            "author": _("作者（author）"),
            "published_at": _("发布时间（published_at）"),
            "native_id": _("编号（native_id）"),
            "likes": _("赞（likes）"),
            "comments": _("评论（comments）"),
            "shares": _("转发（shares）"),
            "views": _("阅读（views）"),
        }
        return [(_RULE + name, names[name]) for name in RULES]

    def checked(self) -> SourceInput:
        """Return what the room below takes. Raises ``InvalidInput`` for what is no number."""
        kind = self.values["kind"]
        listing = {name: self.values[_RULE + name] or None for name in RULES}
        return SourceInput(
            name=self.values["name"],
            kind=kind,
            url=self.values["url"],
            platform=self.values["platform"],
            source_type=self.values["source_type"] or None,
            identity=self.values["identity"],
            rules=dict(listing) if kind == "listing" else {},
            interval_s=round(self._number("interval_min") * 60),
            delay_s=self._number("delay_s"),
            obey_robots=self.values["obey_robots"] == "on",
            max_pages=round(self._number("max_pages")),
            trusted=self.values["trusted"] == "on",
            enabled=self.values["enabled"] == "on",
        )

    def wrong(self, error: InvalidInput) -> "SourceForm":
        """Return this form with *error* at its field, or above it where it has none."""
        name = {"interval_s": "interval_min", "rules": _RULE + "item"}.get(
            error.field or "", error.field or ""
        )
        name = _RULE + name if name not in self.values and _RULE + name in self.values else name
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
} | {_RULE + name: "" for name in RULES}


def read_form(form: FormData, source_id: str = "") -> SourceForm:
    """Read what was sent."""
    version = text_field(form, "version")
    return SourceForm(
        source_id,
        int(version) if version.isdigit() and len(version) < 10 else 0,
        {name: text_field(form, name, limit=4000) for name in _EMPTY},
    )
