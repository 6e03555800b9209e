"""What the forms of the library share: the version that was seen, days, lists of words."""

from datetime import date
from typing import Final

from starlette.datastructures import FormData

from api.doors import text_field
from api.pages.i18n import _
from core.errors import InvalidInput

_LONGEST_NUMBER: Final = 9
_SEPARATORS: Final = "，、;；\n"


def expected_version(form: FormData) -> int:
    """Return the version that the form was made for. Raises ``InvalidInput`` without one."""
    number = number_in(text_field(form, "version"))
    if number is None:
        raise InvalidInput(_("表单不完整。请刷新页面后重试。"))
    return number


def number_in(text: str) -> int | None:
    """Return the whole number that *text* is; None for anything else, and for a very long one."""
    good = text.isascii() and text.isdigit() and len(text) <= _LONGEST_NUMBER
    return int(text) if good else None


def day_field(form: FormData, name: str) -> date | None:
    """Return a form's day, None for an empty field. Raises ``InvalidInput``."""
    text = text_field(form, name, limit=10)
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise InvalidInput(_("日期要写成 2026-11-30 这样。"), name) from error


def words_field(form: FormData, name: str) -> tuple[str, ...]:
    """Return what a field lists, parted by commas of either width, in order, each once."""
    text = text_field(form, name, limit=2_000)
    for sign in _SEPARATORS:
        text = text.replace(sign, ",")
    return tuple(dict.fromkeys(word.strip() for word in text.split(",") if word.strip()))
