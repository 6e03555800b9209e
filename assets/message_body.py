"""What a message (话术) says: the approved text, its forms for channels, and what not to say."""

import unicodedata
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Final, Literal, Self, get_args

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)

from assets.words import CHANNELS
from core.errors import InvalidInput
from core.translation import to_translate

MessageForm = Literal["statement", "qa", "playbook"]
FORMS: Final[Mapping[str, str]] = {
    "statement": to_translate("声明"),
    "qa": to_translate("问答"),
    "playbook": to_translate("应对步骤"),
}
TEXT_LIMIT: Final = 4_000
LINE_LIMIT: Final = 300
_MOST_LINES: Final = 40
_FIELDS: Final[Mapping[str, str]] = {
    "form": "形式",
    "audience": "对象",
    "question": "问题",
    "statement": "口径正文",
    "variants": "渠道版本",
    "do_not_say": "不要说",
    "steps": "步骤",
    "contacts": "联系人",
    "keywords": "关键词",
}

_REASONS: Final[Mapping[str, str]] = {
    "string_too_long": "最多 {max_length} 个字，请写短一些",
    "too_long": "最多 {max_length} 条，请合并几条",
    "literal_error": "可选 {forms}",
    "value_error": "{error}",
    "extra_forbidden": "没有这一项，请删掉",
    "string_unicode": "含有看不见的控制字符",
    "missing": "缺少必填的部分，请补上",
}


def _storable(text: str) -> str:
    """Trim *text*; line breaks are one kind, other control characters and half pairs are refused.

    A reader copies this text into a post, so that what cannot be seen must not be in it.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    if any(unicodedata.category(sign) in {"Cc", "Cs"} for sign in text if sign not in "\n\t"):
        raise ValueError("含有看不见的控制字符")
    return text


def _one_line(text: str) -> str:
    return " ".join(_storable(text).split())


Text = Annotated[str, Field(max_length=TEXT_LIMIT), AfterValidator(_storable)]
Line = Annotated[str, Field(max_length=LINE_LIMIT), AfterValidator(_one_line)]
Lines = Annotated[tuple[Line, ...], Field(max_length=_MOST_LINES)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Variant(_Part):
    """The same message as one channel wants it. *channel* is a code of ``words.CHANNELS``."""

    channel: str
    text: Text

    @model_validator(mode="after")
    def _known(self) -> Self:
        if self.channel not in CHANNELS:
            raise ValueError(f"没有 {self.channel} 这个渠道")
        if not self.text:
            raise ValueError("版本还是空的")
        return self


class Contact(_Part):
    """Whom to call when the message is not enough; *reach* is a telephone number or the like."""

    name: Line
    role: Line = ""
    reach: Line = ""


class MessageBody(_Part):
    """The body of a message's version. At most one variant a channel.

    A statement and a Q&A need *statement*, a Q&A *question* too, a playbook *steps*.
    *do_not_say* quotes what must not be said, so that the wording check leaves it out.
    """

    form: MessageForm = "statement"
    audience: Line = ""
    question: Text = ""
    statement: Text = ""
    variants: Annotated[tuple[Variant, ...], Field(max_length=len(CHANNELS))] = ()
    do_not_say: Lines = ()
    steps: Lines = ()
    contacts: Annotated[tuple[Contact, ...], Field(max_length=_MOST_LINES)] = ()
    keywords: Lines = ()

    @field_validator("do_not_say", "steps", "keywords")
    @classmethod
    def _filled(cls, lines: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(line for line in lines if line))

    @field_validator("variants")
    @classmethod
    def _one_a_channel(cls, variants: tuple[Variant, ...]) -> tuple[Variant, ...]:
        if len({variant.channel for variant in variants}) < len(variants):
            raise ValueError("每个渠道只能有一个版本")
        return variants

    def places(self) -> dict[str, str]:
        """Return the texts that are said, by names: statement, question, variant-1, step-1 …"""
        return dict(self._places())

    def _places(self) -> Iterator[tuple[str, str]]:
        for name in ("question", "statement"):
            if text := getattr(self, name):
                yield name, text
        for number, variant in enumerate(self.variants, 1):
            yield f"variant-{number}", variant.text
        for number, step in enumerate(self.steps, 1):
            yield f"step-{number}", step

    def text_for(self, variant: str) -> str:
        """Return what is copied: the text for the channel *variant*, without one the statement.

        A playbook that has no statement gives its steps. Raises ``InvalidInput``.
        """
        if not variant:
            return self.statement or "\n".join(self.steps)
        for each in self.variants:
            if each.channel == variant:
                return each.text
        raise InvalidInput("这条口径没有这个渠道的版本，请另选一个版本。", "variant")

    def layer_text(self) -> str:
        """Return the text that search reads: every place and the keywords."""
        return "\n".join([*self.places().values(), " ".join(self.keywords)]).strip()


def read_body(raw: Mapping[str, Any]) -> MessageBody:
    """Read a body that a person sent. Raises ``InvalidInput`` with the field and what to do."""
    try:
        body = MessageBody.model_validate(dict(raw))
    except ValidationError as error:
        raise _told(error) from error
    _demand_content(body)
    return body


def stored_body(raw: Mapping[str, Any] | None) -> MessageBody:
    """Read a body as a version keeps it; it was checked when it was written."""
    return MessageBody.model_validate(dict(raw or {}))


def _demand_content(body: MessageBody) -> None:
    if body.form == "playbook":
        if not body.steps:
            raise InvalidInput("应对步骤至少要写一步，每行一步。", "steps")
        return
    if body.form == "qa" and not body.question:
        raise InvalidInput("问答要先写问题。", "question")
    if not body.statement:
        raise InvalidInput("口径正文还是空的，请写好再保存。", "statement")


def _told(error: ValidationError) -> InvalidInput:
    fault = error.errors(include_url=False)[0]
    field = str(fault["loc"][0]) if fault["loc"] else "statement"
    return InvalidInput(f"{_FIELDS.get(field, field)}：{_reason(dict(fault))}。", field)


def _reason(fault: Mapping[str, Any]) -> str:
    values = {**fault.get("ctx", {}), "forms": "、".join(get_args(MessageForm))}
    return _REASONS.get(fault["type"], "格式不对，请检查").format_map(values)
