"""What stands around every page: the rooms a person may enter, who they are, the banner."""

from dataclasses import dataclass
from typing import Final, Literal

from fastapi import Request
from sqlalchemy import func, select

from alerts.states import ACTIVE
from api.auth.identity import SignedIn
from api.pages.i18n import _, pgettext
from api.pages.review_queue import count_waiting_for
from api.pages.times import Times
from api.permissions import Permission, Role
from api.wiring import Service
from core.clock import isoformat
from storage.records.cases import Case
from storage.search import Filters, Selection

RoomName = Literal[
    "today",
    "mentions",
    "cases",
    "competitors",
    "assets",
    "messages",
    "reviews",
    "reports",
    "sources",
    "brands",
    "routes",
    "outbox",
    "accounts",
    "",
]
THEME_COOKIE: Final = "theme"
_MOST_HANDY: Final = 4


@dataclass(frozen=True)
class Room:
    """A link of the navigation. *count* is shown beside it; *urgent* makes it red.

    A *handy* one is in the bottom bar of a phone.
    """

    name: str
    href: str
    icon: str
    current: bool
    count: str = ""
    count_says: str = ""
    urgent: bool = False
    handy: bool = False


@dataclass(frozen=True)
class Frame:
    """Everything that base.html needs besides the page's own content."""

    now: str
    theme: str
    csrf: str = ""
    person: str = ""
    role: str = ""
    brand: str = ""
    rooms: tuple[Room, ...] = ()
    admin_rooms: tuple[Room, ...] = ()
    in_admin: bool = False
    is_sample: bool = False
    may_clear: bool = False
    index_away: bool = False

    @property
    def phone_rooms(self) -> tuple[Room, ...]:
        """The rooms that have a place in the bottom bar of a phone; it holds four."""
        if len(self.rooms) <= _MOST_HANDY:
            return self.rooms
        return tuple(room for room in self.rooms if room.handy)[:_MOST_HANDY]

    @property
    def more_rooms(self) -> tuple[Room, ...]:
        """The rooms that a phone shows behind its last tab."""
        handy = self.phone_rooms
        return tuple(room for room in self.rooms if room not in handy)

    @property
    def in_more(self) -> bool:
        """Whether the current room is behind a phone's last tab."""
        return self.in_admin or any(room.current for room in self.more_rooms)


def bare_frame(request: Request, service: Service) -> Frame:
    """Return the frame of a page that needs no sign-in."""
    return Frame(now=isoformat(service.clock.now()), theme=_theme(request))


def full_frame(
    request: Request, service: Service, person: SignedIn, current: RoomName = ""
) -> Frame:
    """Return the frame for *person*, with *current* as the room they are in."""
    own = [brand.name for brand in service.brands() if brand.role == "own"]
    admin = _admin_rooms(person, current)
    mentions = _mentions_today(service) if person.may(Permission.READ_MENTIONS) else 0
    return Frame(
        now=isoformat(service.clock.now()),
        theme=_theme(request),
        csrf=person.csrf_token or "",
        person=person.name,
        role=role_name(person.role),
        brand=" · ".join(own[:2]),
        rooms=_rooms(service, person, current, mentions or 0),
        admin_rooms=admin,
        in_admin=any(room.current for room in admin),
        is_sample=service.workspace.is_sample,
        may_clear=person.may(Permission.MANAGE_WORKSPACE),
        index_away=mentions is None,
    )


def role_name(role: Role) -> str:
    """Return what a role is called."""
    return {
        Role.ADMIN: _("管理员"),
        Role.DIRECTOR: _("市场总监"),
        Role.BRAND_MANAGER: _("品牌经理"),
        Role.RESEARCHER: _("研究员"),
        Role.LEGAL: _("法务"),
        Role.COMPLIANCE: _("合规"),
        Role.AGENCY: _("代理商"),
    }[role]


def _mentions_today(service: Service) -> int | None:
    """Return how many mentions today brought, None where the index does not answer."""
    today = Times(service.clock.now(), service.zone).midnight()
    wanted = Selection(filters=Filters(brand_roles=("own",), after=today), zone=service.zone)
    return service.index_silence.ask(lambda: service.index.count(wanted))


def _rooms(service: Service, person: SignedIn, current: str, mentions: int) -> tuple[Room, ...]:
    rooms = []
    if person.may(Permission.READ_MENTIONS):
        rooms.append(Room(_("今日"), "/", "today", current == "today", handy=True))
        rooms.append(
            Room(
                _("舆情"),
                "/mentions",
                "mentions",
                current == "mentions",
                f"{mentions:,}" if mentions else "",
                _("今日提及"),
                handy=not person.may(Permission.DECIDE_REVIEWS),
            )
        )
    if person.may(Permission.READ_CASES):
        with service.records.read() as session:
            waiting = session.scalar(
                select(func.count()).select_from(Case).where(Case.state.in_(ACTIVE))
            )
        rooms.append(
            Room(
                _("事件"),
                "/cases",
                "cases",
                current == "cases",
                str(waiting) if waiting else "",
                _("待处理事件"),
                urgent=True,
                handy=True,
            )
        )
    if person.may(Permission.READ_MENTIONS):
        rooms.append(Room(_("竞品"), "/competitors", "competitors", current == "competitors"))
    rooms += _library_rooms(service, person, current)
    if person.may(Permission.READ_REPORTS):
        rooms.append(Room(_("报告"), "/reports", "reports", current == "reports"))
    return tuple(rooms)


def _library_rooms(service: Service, person: SignedIn, current: str) -> list[Room]:
    rooms = []
    if person.may(Permission.READ_ASSETS):
        rooms.append(Room(_("资产"), "/assets", "assets", current == "assets", handy=True))
        rooms.append(Room(_("话术"), "/messages", "messages", current == "messages"))
    if person.may(Permission.READ_REVIEWS):
        with service.records.read() as session:
            waiting = count_waiting_for(session, person)
        rooms.append(
            Room(
                _("审核"),
                "/reviews",
                "reviews",
                current == "reviews",
                f"{waiting:,}" if waiting else "",
                _("等我审核"),
                handy=person.may(Permission.DECIDE_REVIEWS),
            )
        )
    return rooms


def _admin_rooms(person: SignedIn, current: str) -> tuple[Room, ...]:
    all_rooms = (
        (Permission.READ_SOURCES, Room(_("来源"), "/admin/sources", "", current == "sources")),
        (
            Permission.READ_BRANDS,
            Room(pgettext("room", "品牌"), "/admin/brands", "", current == "brands"),
        ),
        (Permission.EDIT_ROUTES, Room(_("通知"), "/admin/routes", "", current == "routes")),
        (Permission.READ_OUTBOX, Room(_("发件箱"), "/admin/outbox", "", current == "outbox")),
        (Permission.MANAGE_ACCOUNTS, Room(_("账号"), "/admin/accounts", "", current == "accounts")),
    )
    return tuple(room for permission, room in all_rooms if person.may(permission))


def _theme(request: Request) -> str:
    chosen = request.cookies.get(THEME_COOKIE, "")
    return chosen if chosen in {"light", "dark"} else ""
