"""What people write about an asset, checked: every text here is untrusted."""

import unicodedata
from collections.abc import Iterable, Mapping
from typing import Final

from sqlalchemy.orm import Session

from assets.words import CHANNELS, KINDS, SCENARIOS
from core.errors import InvalidInput
from storage.records.accounts import User
from storage.records.watch import Brand

TITLE_LIMIT: Final = 200
TEXT_LIMIT: Final = 4_000
LINE_LIMIT: Final = 300
TAG_LIMIT: Final = 40
MOST_TAGS: Final = 20
_MOST_PLACES: Final = 40
_UNSEEN: Final = frozenset({"Cc", "Cs"})
# The marks that turn writing around: with them a text shows another one than is checked.
_TURNING: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def known_kind(kind: str) -> str:
    """Return *kind* if it is one of ``words.KINDS``, else raise ``InvalidInput`` with the list."""
    if kind not in KINDS:
        raise InvalidInput(f"没有资产类型“{kind[:40]}”，可选：{_listed(KINDS)}。", "kind")
    return kind


def known_scenario(kind: str, scenario: str | None) -> str | None:
    """Return the scenario of a message; other kinds have none. Raises ``InvalidInput``."""
    if not scenario:
        return None
    if kind != "message":
        raise InvalidInput("只有话术有场景，请去掉场景。", "scenario")
    if scenario not in SCENARIOS:
        raise InvalidInput(f"没有场景“{scenario[:40]}”，可选：{_listed(SCENARIOS)}。", "scenario")
    return scenario


def known_brand(session: Session, brand_id: str | None) -> str | None:
    """Return the id of a brand that is watched, None for none. Raises ``InvalidInput``."""
    if not brand_id:
        return None
    brand = session.get(Brand, brand_id)
    if brand is None or brand.archived_at is not None:
        raise InvalidInput("没有这个品牌，请从品牌列表里选一个。", "brand_id")
    return brand_id


def known_owner(session: Session, user_id: str | None) -> str | None:
    """Return the id of a user who may own an asset, None for nobody. Raises ``InvalidInput``."""
    if not user_id:
        return None
    user = session.get(User, user_id)
    if user is None or user.disabled_at is not None:
        raise InvalidInput("找不到这位同事，或者账号已停用，请另选一位。", "owner_id")
    return user_id


def known_channels(channels: Iterable[str]) -> list[str]:
    """Return *channels* once each. Raises ``InvalidInput`` for one that is none of ours."""
    chosen = list(dict.fromkeys(channels))
    for channel in chosen:
        if channel not in CHANNELS:
            raise InvalidInput(f"没有渠道“{channel[:40]}”，可选：{_listed(CHANNELS)}。", "channels")
    return chosen


def title_text(title: str) -> str:
    """Return the title on one line. Raises ``InvalidInput`` when it is missing or too long."""
    return required(line(title, "title", TITLE_LIMIT), "title", "请写一个标题。")


def tag_list(tags: Iterable[str]) -> list[str]:
    """Return *tags* trimmed, once each, in their order. Raises ``InvalidInput``."""
    kept = [line(tag, "tags", TAG_LIMIT) for tag in tags]
    chosen = list(dict.fromkeys(tag for tag in kept if tag))
    if len(chosen) > MOST_TAGS:
        raise InvalidInput(f"最多 {MOST_TAGS} 个标签，现在有 {len(chosen)} 个。", "tags")
    return chosen


def place_list(places: Iterable[str], field: str) -> list[str]:
    """Return names of territories, once each. Raises ``InvalidInput``."""
    kept = [line(place, field, TAG_LIMIT) for place in places]
    chosen = list(dict.fromkeys(place for place in kept if place))
    if len(chosen) > _MOST_PLACES:
        raise InvalidInput(f"最多 {_MOST_PLACES} 个地区，现在有 {len(chosen)} 个。", field)
    return chosen


def line(text: str, field: str, limit: int = LINE_LIMIT) -> str:
    """Return *text* on one line, trimmed. Raises ``InvalidInput``."""
    return " ".join(paragraph(text, field, limit).split())


def paragraph(text: str, field: str, limit: int = TEXT_LIMIT) -> str:
    """Return *text* trimmed, its line breaks of one kind.

    Raises ``InvalidInput`` for more than *limit* characters, and for half characters, control
    characters and marks that turn the writing around, which nobody sees.
    """
    value = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    if any(unicodedata.category(sign) in _UNSEEN for sign in value if sign not in "\n\t"):
        raise InvalidInput("含有看不见的控制字符，请重新输入。", field)
    if not _TURNING.isdisjoint(value):
        raise InvalidInput("含有改变书写方向的看不见的字符，请重新输入。", field)
    if len(value) > limit:
        raise InvalidInput(f"这里最多 {limit} 个字，现在有 {len(value)} 个。", field)
    return value


def required(value: str, field: str, missing: str) -> str:
    """Return *value*, or raise ``InvalidInput`` with *missing* when nothing of it can be seen."""
    if all(unicodedata.category(sign)[0] in "CZ" for sign in value):
        raise InvalidInput(missing, field)
    return value


def _listed(names: Mapping[str, str]) -> str:
    return "、".join(f"{code}（{name}）" for code, name in names.items())
