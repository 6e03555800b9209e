"""Adding, changing and retiring watched brands."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Final, get_args

from sqlalchemy.orm import Session

from core.clock import Clock
from core.errors import InvalidInput
from core.ids import Ids
from storage.mentions import BrandRole
from storage.records.audit import audit
from storage.records.editing import demand_free_name, of_version
from storage.records.watch import Brand

_WHAT: Final = "品牌"
_LONGEST_WORD: Final = 100
_MOST_WORDS: Final = 500
_LISTS: Final = ("aliases", "products", "people", "exclude", "context")


@dataclass(frozen=True)
class BrandInput:
    """What a person says about a brand; see ``storage.records.watch.Brand``."""

    name: str
    role: str = "own"
    aliases: Sequence[str] = field(default=())
    products: Sequence[str] = field(default=())
    people: Sequence[str] = field(default=())
    exclude: Sequence[str] = field(default=())
    context: Sequence[str] = field(default=())

    def checked(self) -> "BrandInput":
        """Return it trimmed and without repeats. Raises ``InvalidInput`` that names the field."""
        name = self.name.strip()
        if not name:
            raise InvalidInput("请填写品牌名称。", field="name")
        if len(name) > _LONGEST_WORD or not name.isprintable():
            raise InvalidInput(f"名称最多 {_LONGEST_WORD} 个看得见的字符。", field="name")
        if self.role not in get_args(BrandRole):
            raise InvalidInput("角色应为 own、competitor 或 industry。", field="role")
        lists = {each: _words(getattr(self, each), each) for each in _LISTS}
        return BrandInput(name, self.role, **lists)


def add_brand(session: Session, given: BrandInput, actor: str, clock: Clock, ids: Ids) -> Brand:
    """Add a brand. Raises ``InvalidInput``; a name that is taken is one."""
    given = given.checked()
    demand_free_name(session, Brand, given.name, None, _WHAT)
    now = clock.now()
    brand = Brand(id=ids.new("brand"), created_at=now, **asdict(given))
    session.add(brand)
    session.flush()
    audit(session, now, actor, "add", "brand", brand.id, **asdict(given))
    return brand


def edit_brand(
    session: Session, brand_id: str, version: int, given: BrandInput, actor: str, clock: Clock
) -> Brand:
    """Change a brand that still has *version*; mentions that are stored keep what they matched.

    Raises ``NotFound``, ``Conflict`` or ``InvalidInput``.
    """
    given = given.checked()
    brand = of_version(session, Brand, brand_id, version, _WHAT)
    demand_free_name(session, Brand, given.name, brand_id, _WHAT)
    for name, value in asdict(given).items():
        setattr(brand, name, value)
    brand.version += 1
    audit(session, clock.now(), actor, "edit", "brand", brand.id, **asdict(given))
    return brand


def archive_brand(session: Session, brand_id: str, version: int, actor: str, clock: Clock) -> Brand:
    """Stop watching a brand; its mentions and cases stay. Raises ``NotFound`` or ``Conflict``."""
    brand = of_version(session, Brand, brand_id, version, _WHAT)
    brand.archived_at = clock.now()
    brand.version += 1
    audit(session, clock.now(), actor, "archive", "brand", brand.id)
    return brand


def restore_brand(session: Session, brand_id: str, version: int, actor: str, clock: Clock) -> Brand:
    """Watch an archived brand again. Raises ``NotFound`` or ``Conflict``."""
    brand = of_version(session, Brand, brand_id, version, _WHAT)
    brand.archived_at = None
    brand.version += 1
    audit(session, clock.now(), actor, "restore", "brand", brand.id)
    return brand


def _words(given: Sequence[str], name: str) -> list[str]:
    words = list(dict.fromkeys(word.strip() for word in given if word.strip()))
    if len(words) > _MOST_WORDS:
        raise InvalidInput(f"最多 {_MOST_WORDS} 个词。", field=name)
    for word in words:
        if not word.isprintable():
            raise InvalidInput(f"{word!r} 含有看不见的字符，请删去后重试。", field=name)
        if len(word) > _LONGEST_WORD:
            raise InvalidInput(f"“{word[:20]}…”太长，最多 {_LONGEST_WORD} 个字符。", field=name)
    return words
