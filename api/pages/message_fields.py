"""What the form of a message holds: texts as they were written, and what the check finds."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Final

from starlette.datastructures import FormData

from api.doors import text_field
from api.pages.finding_view import FindingBox, finding_boxes, findings_say
from api.pages.i18n import _, translate
from assets import wording
from assets.findings import sentence_around
from assets.message_body import FORMS, MessageBody, read_body
from assets.row_shapes import AssetRow, FindingRow
from assets.words import CHANNELS, SCENARIOS
from core.errors import Conflict, InvalidInput

# Most messages are answered on these; the others are a click away.
_SHOWN_CHANNELS: Final = ("weibo", "xiaohongshu", "wechat", "douyin")
_VARIANT: Final = "variant-"
_TEXTS: Final = (
    "title",
    "scenario",
    "form",
    "brand_id",
    "tags",
    "audience",
    "question",
    "statement",
    "do_not_say",
    "steps",
    "contacts",
    "keywords",
    "note",
)
_COMMAS: Final = re.compile(r"[\n,，、;；]+")
_PARTS: Final = re.compile(r"[,，|\t]+")
_CONTACT_PARTS: Final = 3


@dataclass(frozen=True)
class Checked:
    """What the wording check says of the form as it was sent."""

    boxes: tuple[FindingBox, ...]
    says: str
    blocks: bool


@dataclass(frozen=True)
class MessageFields:
    """The fields; lists are one entry a line. *version* is the asset's that was read, 0 if new."""

    id: str = ""
    version: int = 0
    values: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    notice: str = ""
    tone: str = "bad"
    checked: Checked | None = None

    @classmethod
    def of(cls, row: AssetRow, body: MessageBody) -> "MessageFields":
        """Return the form that shows the newest version of a message."""
        values = {
            "title": row.title,
            "scenario": row.scenario or "",
            "form": body.form,
            "brand_id": row.brand[0] if row.brand else "",
            "tags": _("，").join(row.tags),
            "audience": body.audience,
            "question": body.question,
            "statement": body.statement,
            "do_not_say": "\n".join(body.do_not_say),
            "steps": "\n".join(body.steps),
            "contacts": "\n".join(
                _("，").join(part for part in (who.name, who.role, who.reach) if part)
                for who in body.contacts
            ),
            "keywords": "\n".join(body.keywords),
            "note": "",
        }
        variants = {f"{_VARIANT}{each.channel}": each.text for each in body.variants}
        return cls(row.id, row.locked_version, values | variants)

    @classmethod
    def read(cls, form: FormData, message_id: str = "") -> "MessageFields":
        """Read what was sent."""
        names = (*_TEXTS, *(f"{_VARIANT}{code}" for code in CHANNELS))
        version = text_field(form, "version")
        known = version.isascii() and version.isdigit() and len(version) < 10
        values = {name: text_field(form, name, limit=60_000) for name in names}
        return cls(message_id, int(version) if known else 0, values)

    def value(self, name: str) -> str:
        """Return what a field holds."""
        return self.values.get(name, "")

    @property
    def scenarios(self) -> list[tuple[str, str]]:
        """Scenarios to choose from."""
        named = [(code, translate(name)) for code, name in SCENARIOS.items()]
        return [("", _("请选择")), *named]

    @property
    def forms(self) -> list[tuple[str, str]]:
        """Forms to choose from."""
        return [(code, translate(name)) for code, name in FORMS.items()]

    @property
    def channels(self) -> list[tuple[str, str, str]]:
        """Channels whose fields stand open: the usual ones and those with a text."""
        return [each for each in self._channels() if self._is_open(each[0])]

    @property
    def more_channels(self) -> list[tuple[str, str, str]]:
        """The other channels."""
        return [each for each in self._channels() if not self._is_open(each[0])]

    def body(self) -> MessageBody:
        """Return the body that the fields make. Raises ``InvalidInput`` with the field."""
        given: dict[str, Any] = {
            "form": self.value("form") or "statement",
            "audience": self.value("audience"),
            "question": self.value("question"),
            "statement": self.value("statement"),
            "variants": [
                {"channel": code, "text": text} for code, _name, text in self._channels() if text
            ],
            "do_not_say": self.value("do_not_say").splitlines(),
            "steps": self.value("steps").splitlines(),
            "contacts": [
                _contact(line) for line in self.value("contacts").splitlines() if line.strip()
            ],
            "keywords": _COMMAS.split(self.value("keywords")),
        }
        return read_body(given)

    def tags(self) -> list[str]:
        """Return the tags."""
        return [tag.strip() for tag in _COMMAS.split(self.value("tags")) if tag.strip()]

    def wrong(self, error: InvalidInput) -> "MessageFields":
        """Return this form with *error* at its field, or above it where it has none."""
        if error.field in {*_TEXTS, "variants"}:
            return replace(self, errors={str(error.field): str(error)})
        return replace(self, notice=str(error))

    def stale(self, error: Conflict, current: int) -> "MessageFields":
        """Return this form over the *current* version: sending it again overwrites knowingly."""
        return replace(self, notice=str(error), tone="soon", version=current)

    def with_check(self, today: date) -> "MessageFields":
        """Return this form with what the rules of *today* find. Raises ``InvalidInput``."""
        rules = wording.load_rules()
        places = {"title": self.value("title"), **self.body().places()}
        found: list[FindingRow] = []
        for place, text in places.items():
            for hit in wording.check(text, rules, today):
                found.append(_row(len(found) + 1, place, text, hit, str(rules.version)))
        blocks = any(each.severity == "block" for each in found)
        return replace(self, checked=Checked(finding_boxes(found), findings_say(found), blocks))

    def _channels(self) -> list[tuple[str, str, str]]:
        return [
            (code, translate(name), self.value(f"{_VARIANT}{code}"))
            for code, name in CHANNELS.items()
        ]

    def _is_open(self, code: str) -> bool:
        return code in _SHOWN_CHANNELS or bool(self.value(f"{_VARIANT}{code}"))


def _contact(line: str) -> dict[str, str]:
    parts = [part.strip() for part in _PARTS.split(line, maxsplit=_CONTACT_PARTS - 1)]
    named = dict(zip(("name", "role", "reach"), parts, strict=False))
    return {name: text for name, text in named.items() if text}


def _row(number: int, place: str, text: str, hit: wording.Finding, version: str) -> FindingRow:
    return FindingRow(
        id=number,
        place=place,
        start=hit.start,
        end=hit.end,
        rule_id=hit.rule_id,
        category=hit.category,
        severity=hit.severity,
        matched=hit.matched,
        sentence=sentence_around(text, hit.start, hit.end),
        statute=hit.statute,
        suggestion=hit.suggestion,
        why=hit.why,
        rules_version=version,
        waiver=None,
    )
