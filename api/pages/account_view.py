"""Accounts and tokens as the pages show them, and the form of one account."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from api.auth.account_rows import AccountRow, AccountState
from api.auth.account_rules import Person
from api.pages.frame import role_name
from api.pages.i18n import _
from api.pages.parts import Chip
from api.pages.times import Moment, Times
from api.permissions import Role
from core.errors import InvalidInput
from storage.records.accounts import ApiToken


@dataclass(frozen=True)
class AccountLine:
    """One person of the list; *last_sign_in* is None when no session tells it."""

    id: str
    name: str
    username: str
    role: str
    email: str
    chip: Chip
    is_sample: bool
    is_me: bool
    last_sign_in: Moment | None


@dataclass(frozen=True)
class TokenLine:
    """One program of the list; *revoked* is when its token ended."""

    id: str
    name: str
    role: str
    created: Moment
    used: Moment | None
    revoked: Moment | None


@dataclass(frozen=True)
class AccountForm:
    """What the fields hold; *errors* by field. *id* is empty for a new account."""

    id: str = ""
    username: str = ""
    display_name: str = ""
    role: str = Role.BRAND_MANAGER
    email: str = ""
    state: AccountState = "waiting"
    is_me: bool = False
    errors: Mapping[str, str] = field(default_factory=dict)
    notice: str = ""

    @property
    def roles(self) -> list[tuple[str, str]]:
        """Roles to choose from, each with what it is for."""
        return [(role.value, f"{role_name(role)} · {_purpose(role)}") for role in Role]

    @property
    def person(self) -> Person:
        """What the rules take."""
        return Person(self.display_name, self.role, self.email)

    def wrong(self, error: InvalidInput) -> dict[str, str]:
        """Return the errors by field; what has no field stands above the form."""
        return {error.field: str(error)} if error.field else {}


@dataclass(frozen=True)
class Secret:
    """Something that is shown once: *advice* says what to do with it."""

    title: str
    advice: str
    name: str
    value: str


def form_of(row: AccountRow, *, is_me: bool) -> AccountForm:
    """Return the form that shows *row*."""
    return AccountForm(
        row.id, row.username, row.display_name, row.role, row.email, row.state, is_me
    )


def account_lines(rows: Sequence[AccountRow], me: str | None, times: Times) -> list[AccountLine]:
    """Return the lines of the list."""
    return [
        AccountLine(
            id=row.id,
            name=row.display_name,
            username=row.username,
            role=role_name(Role(row.role)),
            email=row.email,
            chip=_chip(row.state),
            is_sample=row.is_sample,
            is_me=row.id == me,
            last_sign_in=times.moment(row.last_sign_in) if row.last_sign_in else None,
        )
        for row in rows
    ]


def token_lines(rows: Sequence[ApiToken], times: Times) -> list[TokenLine]:
    """Return the lines of the programs."""
    return [
        TokenLine(
            row.id,
            row.name,
            role_name(Role(row.role)),
            times.moment(row.created_at),
            times.moment(row.last_used_at) if row.last_used_at else None,
            times.moment(row.revoked_at) if row.revoked_at else None,
        )
        for row in rows
    ]


def _chip(state: AccountState) -> Chip:
    return {
        "active": Chip(_("使用中"), "good"),
        "waiting": Chip(_("待改密码"), "soon", _("还在用一次性密码，登录后要先换成自己的")),
        "nobody": Chip(_("不能登录"), "", _("没有密码。重置密码后可以登录")),
        "disabled": Chip(_("已停用")),
    }[state]


def _purpose(role: Role) -> str:
    return {
        Role.ADMIN: _("设置一切，不参与审核"),
        Role.DIRECTOR: _("看全部，处理事件"),
        Role.BRAND_MANAGER: _("处理事件，管理资产"),
        Role.RESEARCHER: _("看舆情与竞品"),
        Role.LEGAL: _("法务一方的审核"),
        Role.COMPLIANCE: _("合规一方的审核"),
        Role.AGENCY: _("只看可用的资产"),
    }[role]
