"""The one table that says which role may do what. Counts, facets and exports ask it too."""

from enum import StrEnum
from typing import Final

from core.errors import NotPermitted


class Role(StrEnum):
    """Who a person or program is to the service."""

    ADMIN = "admin"
    DIRECTOR = "director"
    BRAND_MANAGER = "brand_manager"
    RESEARCHER = "researcher"
    LEGAL = "legal"
    COMPLIANCE = "compliance"
    AGENCY = "agency"


class Permission(StrEnum):
    """Something that may be allowed."""

    READ_MENTIONS = "mentions.read"
    MARK_MENTIONS = "mentions.mark"
    READ_CASES = "cases.read"
    ACT_ON_CASES = "cases.act"
    READ_BRANDS = "brands.read"
    EDIT_BRANDS = "brands.edit"
    READ_SOURCES = "sources.read"
    EDIT_SOURCES = "sources.edit"
    READ_ASSETS = "assets.read"
    READ_DRAFTS = "assets.read_drafts"
    EDIT_ASSETS = "assets.edit"
    READ_REVIEWS = "reviews.read"
    DECIDE_REVIEWS = "reviews.decide"
    READ_REPORTS = "reports.read"
    EDIT_ROUTES = "routes.edit"
    READ_OUTBOX = "outbox.read"
    MANAGE_ACCOUNTS = "accounts.manage"
    MANAGE_WORKSPACE = "workspace.manage"


_STAFF: Final = frozenset(Role) - {Role.AGENCY}
_BRAND_TEAM: Final = frozenset({Role.ADMIN, Role.DIRECTOR, Role.BRAND_MANAGER})

TABLE: Final[dict[Permission, frozenset[Role]]] = {
    Permission.READ_MENTIONS: _STAFF,
    Permission.MARK_MENTIONS: _BRAND_TEAM | {Role.RESEARCHER},
    Permission.READ_CASES: _BRAND_TEAM | {Role.LEGAL, Role.COMPLIANCE},
    Permission.ACT_ON_CASES: _BRAND_TEAM,
    Permission.READ_BRANDS: _STAFF,
    Permission.EDIT_BRANDS: frozenset({Role.ADMIN, Role.BRAND_MANAGER}),
    Permission.READ_SOURCES: _BRAND_TEAM | {Role.RESEARCHER},
    Permission.EDIT_SOURCES: frozenset({Role.ADMIN}),
    # Whoever may not read drafts sees published assets only, outside agencies available ones only.
    Permission.READ_ASSETS: frozenset(Role),
    Permission.READ_DRAFTS: _BRAND_TEAM | {Role.LEGAL, Role.COMPLIANCE},
    Permission.EDIT_ASSETS: _BRAND_TEAM,
    Permission.READ_REVIEWS: _BRAND_TEAM | {Role.LEGAL, Role.COMPLIANCE},
    # A side of the double review is decided by who has that role; an admin decides none.
    Permission.DECIDE_REVIEWS: frozenset({Role.LEGAL, Role.COMPLIANCE}),
    Permission.READ_REPORTS: _BRAND_TEAM,
    Permission.EDIT_ROUTES: frozenset({Role.ADMIN, Role.DIRECTOR}),
    Permission.READ_OUTBOX: frozenset({Role.ADMIN, Role.DIRECTOR}),
    Permission.MANAGE_ACCOUNTS: frozenset({Role.ADMIN}),
    Permission.MANAGE_WORKSPACE: frozenset({Role.ADMIN}),
}


def may(role: Role, permission: Permission) -> bool:
    """Say whether *role* is allowed *permission*."""
    return role in TABLE[permission]


def demand(role: Role, permission: Permission) -> None:
    """Raise ``NotPermitted`` with a sentence unless *role* is allowed *permission*."""
    if not may(role, permission):
        raise NotPermitted(f"角色 {role} 没有此权限（{permission}）。请联系管理员。")
