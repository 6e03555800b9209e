"""The sample workspace: made in an empty data folder, removed without a trace."""

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, NamedTuple

from sqlalchemy import delete, inspect, select

from alerts.policy import ensure_policy
from api.permissions import Role
from api.sample_library import STARTED
from api.wiring import Service, open_service
from core.clock import FixedClock, isoformat
from core.settings import Settings
from core.workspace import Workspace, current_workspace, use_workspace
from crawlers.sample.load import brands, sources
from storage.records import Base, Records
from storage.records.accounts import ApiToken, User, WebSession
from storage.records.watch import Brand, Source
from storage.records.workspace import Fact

_WHOLE: Final = "sample_whole_at"
_REQUEST: Final = "clear-sample.request"
# No password has this hash: the sample's people can be given cases but cannot sign in.
_UNUSABLE: Final = "!"
_DUTY: Final = "duty@xinglan.example"
# The company had used the service for a while before anybody looks at it.
_FOUNDED: Final = timedelta(days=60)
# Nothing can be crawled before the web process serves the sites: it brings the crawls forward.
_UNSERVED: Final = timedelta(hours=1)
_LISTENS_AFTER: Final = timedelta(seconds=2)


class _Person(NamedTuple):
    username: str
    name: str
    role: Role
    email: str


_PEOPLE: Final = (
    _Person("linlan", "林岚", Role.BRAND_MANAGER, "linlan@xinglan.example"),
    _Person("zhouhang", "周航", Role.DIRECTOR, "zhouhang@xinglan.example"),
    _Person("shenzhiwei", "沈知微", Role.LEGAL, "shenzhiwei@xinglan.example"),
    _Person("heming", "贺明", Role.COMPLIANCE, "heming@xinglan.example"),
    _Person("guyan", "顾言", Role.RESEARCHER, "guyan@xinglan.example"),
)


def create_sample(settings: Settings) -> Workspace:
    """Make the sample workspace with its past and put it in use.

    May be cut off and run again: what is not whole is made afresh. Nothing is crawled here: the
    worker does that, as with any source.
    """
    workspace = Workspace("sample", settings.data_dir / "sample")
    if not _is_whole(workspace):
        shutil.rmtree(workspace.path, ignore_errors=True)
        _make(settings, workspace, datetime.now(UTC))
    return use_workspace(settings.data_dir, "sample")


def refresh_sample(service: Service) -> None:
    """Point the sample's sources at the port of this start, and let their crawls wait for it.

    Their sites are served by the web process that is just starting.
    """
    by_name = {source.name: source for source in sources(_site_url(service.settings))}
    ready_at = service.clock.now() + _LISTENS_AFTER
    with service.records.write() as session:
        for stored in session.scalars(select(Source)):
            sample = by_name.get(stored.name)
            if sample is None:
                continue
            if stored.url != sample.url:
                stored.url = sample.url
                stored.etag = stored.last_modified = None
            stored.next_due_at = ready_at


def request_clear(data_dir: Path) -> None:
    """Ask the supervisor that runs on *data_dir* to clear the sample."""
    (data_dir / _REQUEST).write_text("", encoding="utf-8")


def clear_requested(data_dir: Path) -> bool:
    """Say whether clearing was asked for and not done yet."""
    return (data_dir / _REQUEST).exists()


def clear_sample(settings: Settings) -> Workspace:
    """Remove the sample and put the main workspace in use; accounts and tokens stay.

    Every process of the workspace must have ended. May be cut off and run again.
    """
    data_dir = settings.data_dir
    sample, main = Workspace("sample", data_dir / "sample"), Workspace("main", data_dir / "main")
    if sample.records.exists() and current_workspace(data_dir) == sample:
        main.path.mkdir(parents=True, exist_ok=True)
        _carry_accounts(sample, main)
    use_workspace(data_dir, "main")
    shutil.rmtree(sample.path, ignore_errors=True)
    (data_dir / _REQUEST).unlink(missing_ok=True)
    return main


def _is_whole(workspace: Workspace) -> bool:
    if not workspace.records.exists():
        return False
    records = Records.open_sqlite(workspace.records)
    try:
        with records.read() as session:
            return session.get(Fact, _WHOLE) is not None
    finally:
        records.close()


def _make(settings: Settings, workspace: Workspace, started_at: datetime) -> None:
    from api.sample_past import play_past  # with ingest, which the web process can do without

    clock = FixedClock(started_at - _FOUNDED)
    service = open_service(settings, workspace, clock)
    try:
        _fill(service, started_at)
        play_past(service, clock, started_at)
        with service.records.write() as session:
            session.add(Fact(name=_WHOLE, value=isoformat(started_at)))
    finally:
        service.close()


def _fill(service: Service, started_at: datetime) -> None:
    now = service.clock.now()
    with service.records.write() as session:
        session.add(Fact(name=STARTED, value=isoformat(started_at)))
        session.add_all(_brands(service, now))
        session.add_all(_sources(service, now, started_at))
        session.add_all(_people(service, now))
        ensure_policy(session, service.ids, service.clock, recipients=[_DUTY, _PEOPLE[0].email])


def _brands(service: Service, now: datetime) -> list[Brand]:
    return [
        Brand(
            id=service.ids.new("brand"),
            name=brand.name,
            role=brand.role,
            aliases=list(brand.aliases),
            products=list(brand.products),
            people=list(brand.people),
            exclude=list(brand.exclude),
            context=list(brand.context),
            created_at=now,
        )
        for brand in brands()
    ]


def _sources(service: Service, now: datetime, started_at: datetime) -> list[Source]:
    return [
        Source(
            id=service.ids.new("src"),
            name=source.name,
            kind=source.kind,
            url=source.url,
            platform=source.platform,
            source_type=source.source_type,
            identity=source.identity,
            rules=dict(source.rules),
            interval_s=source.interval_s,
            delay_s=source.delay_s,
            trusted=source.trusted,
            created_at=now,
            next_due_at=started_at + _UNSERVED,
        )
        for source in sources(_site_url(service.settings))
    ]


def _people(service: Service, now: datetime) -> list[User]:
    return [
        User(
            id=service.ids.new("user"),
            username=person.username,
            display_name=person.name,
            role=person.role,
            email=person.email,
            password_hash=_UNUSABLE,
            is_sample=True,
            created_at=now,
        )
        for person in _PEOPLE
    ]


def _site_url(settings: Settings) -> str:
    return f"http://{settings.loopback}:{settings.port}"


def _carry_accounts(sample: Workspace, main: Workspace) -> None:
    old, new = Records.open_sqlite(sample.records), Records.open_sqlite(main.records)
    try:
        with old.read() as source, new.write() as target:
            users = source.scalars(select(User).where(User.is_sample.is_(False))).all()
            kept = {user.id for user in users}
            sessions = source.scalars(select(WebSession).where(WebSession.user_id.in_(kept)))
            # A clearing that was cut off left copies: what was changed or ended since then counts.
            target.execute(delete(WebSession).where(WebSession.user_id.in_(kept)))
            for row in (*users, *source.scalars(select(ApiToken)), *sessions):
                target.merge(_copy(row))
                target.flush()
    finally:
        old.close()
        new.close()


def _copy(row: Base) -> Base:
    """Return *row* as another database can take it."""
    columns = inspect(type(row)).column_attrs
    return type(row)(**{each.key: getattr(row, each.key) for each in columns})
