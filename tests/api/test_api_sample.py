"""The sample workspace: made whole, cleared without a trace, whatever cuts it off."""

import shutil
import time
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from child_process import finished, hear, kill, run_module, say, start_python
from sqlalchemy import func, select

import api.sample
import api.sample_past
from api.auth.accounts import ensure_admin, session_user, sign_in, sign_out
from api.auth.tokens import create_token, token_user
from api.sample import (
    clear_requested,
    clear_sample,
    create_sample,
    refresh_sample,
    request_clear,
)
from api.sample_library import sample_started_at
from api.wiring import Service, open_service
from assets.actor import Actor
from core.clock import SystemClock
from core.errors import NotSignedIn
from core.ids import Ids
from core.settings import Settings
from core.workspace import Workspace, current_workspace
from crawlers.sample.history import past
from crawlers.sample.load import brands, sources
from crawlers.sample.script import steps
from storage.records.accounts import ApiToken, User
from storage.records.cases import Case, OutboxMessage, Policy
from storage.records.watch import Brand, Source
from storage.search import SearchRequest

PASSWORD = "correct-horse-battery"
CLOCK, IDS = SystemClock(), Ids()
ADMIN = Actor(None, "admin", "admin")
HOLD_LOCK = """
import sys
from pathlib import Path
from core.locks import FileLock
with FileLock(Path(sys.argv[1]), "busy"):
    print("held", flush=True)
    sys.stdin.readline()
"""

MAKE = """
from api.sample import create_sample
from core.settings import Settings
create_sample(Settings())
"""


class CutOff(BaseException):
    """The process ended here."""


@dataclass(frozen=True)
class Visitor:
    """What somebody who tried the sample has: an account, a session and a token."""

    settings: Settings
    cookie: str
    token: str

    @classmethod
    def come(cls, settings: Settings) -> "Visitor":
        with Opened(settings) as service:
            ensure_admin(service.records, PASSWORD, CLOCK, IDS)
            token = create_token(service.records, "bot", "admin", CLOCK, IDS)
            return cls(settings, cls.sign_in(service), token)

    def opened(self) -> "Opened":
        return Opened(self.settings)

    @staticmethod
    def sign_in(service: Service, password: str = PASSWORD) -> str:
        return sign_in(service.records, "admin", password, CLOCK, IDS)[0]


class Opened:
    """The workspace in use, for the length of a ``with``."""

    def __init__(self, settings: Settings) -> None:
        workspace = current_workspace(settings.data_dir)
        assert workspace is not None
        self.service = open_service(settings, workspace)

    def __enter__(self) -> Service:
        return self.service

    def __exit__(self, *_: object) -> None:
        self.service.close()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path / "data", port=8123)


@pytest.fixture(scope="module")
def first_visitor(tmp_path_factory: pytest.TempPathFactory, made_sample: Path) -> Visitor:
    """Comes once for all tests: each has a copy of the folder then."""
    data_dir = tmp_path_factory.mktemp("visited") / "data"
    shutil.copytree(made_sample, data_dir)
    return Visitor.come(Settings(data_dir=data_dir, port=8123))


@pytest.fixture
def visitor(settings: Settings, first_visitor: Visitor) -> Visitor:
    shutil.copytree(first_visitor.settings.data_dir, settings.data_dir)
    return replace(first_visitor, settings=settings)


def count(service: Service, table: type[Any]) -> int:
    with service.records.read() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def test_the_sample_has_its_brands_sources_and_people_and_is_in_use(
    settings: Settings, visitor: Visitor
) -> None:
    assert current_workspace(settings.data_dir) == Workspace("sample", settings.data_dir / "sample")
    with visitor.opened() as service:
        with service.records.read() as session:
            names = set(session.scalars(select(Brand.name)))
            urls = set(session.scalars(select(Source.url)))
            people = session.scalars(select(User).where(User.is_sample)).all()
        assert names == {brand.name for brand in brands()}
        assert urls == {source.url for source in sources("http://127.0.0.1:8123")}
        assert {one.role for one in people} == {
            "brand_manager",
            "director",
            "legal",
            "compliance",
            "researcher",
        }
        assert timedelta() <= CLOCK.now() - sample_started_at(service.records) < timedelta(hours=1)


def test_nobody_can_sign_in_as_an_invented_person(visitor: Visitor) -> None:
    with visitor.opened() as service:
        with service.records.read() as session:
            names = session.scalars(select(User.username).where(User.is_sample)).all()
        for name in names:
            with pytest.raises(NotSignedIn):
                sign_in(service.records, name, "", CLOCK, IDS)


def test_making_it_again_changes_nothing(settings: Settings, visitor: Visitor) -> None:
    with visitor.opened() as service:
        before = [count(service, table) for table in (Brand, Source, User)]
        started = sample_started_at(service.records)
    create_sample(settings)
    with visitor.opened() as service:
        assert [count(service, table) for table in (Brand, Source, User)] == before
        assert sample_started_at(service.records) == started


def test_a_making_cut_off_again_and_again_is_whole_in_the_end(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cut_off(*_: object, **__: object) -> None:
        raise CutOff

    settings.data_dir.mkdir()
    where = ((api.sample, "_fill"), (api.sample_past, "play_past"), (api.sample, "use_workspace"))
    for module, step in where:
        with monkeypatch.context() as patch:
            patch.setattr(module, step, cut_off)
            with pytest.raises(CutOff):
                create_sample(settings)
        assert current_workspace(settings.data_dir) is None
    create_sample(settings)
    assert_whole(settings)


def test_a_making_that_is_killed_in_the_middle_is_not_doubled(settings: Settings) -> None:
    settings.data_dir.mkdir()
    maker = start_python(MAKE, **environment(settings))
    spool = settings.data_dir / "sample" / "mail"
    give_up = time.monotonic() + 60
    while not list(spool.glob("*.eml")) and time.monotonic() < give_up:
        assert maker.poll() is None, "it was made before it could be killed"
        time.sleep(0.01)
    kill(maker)
    assert current_workspace(settings.data_dir) is None
    create_sample(settings)
    assert_whole(settings)


def assert_whole(settings: Settings) -> None:
    with Opened(settings) as service:
        assert count(service, Brand) == len(brands())
        assert service.index.count(SearchRequest()) == len(past())
        assert count(service, Case) == len({step.story for step in steps()})


def test_its_sources_follow_the_port_of_the_start(settings: Settings, visitor: Visitor) -> None:
    moved = settings.model_copy(update={"port": 9000})
    with Opened(moved) as service:
        refresh_sample(service)
        with service.records.read() as session:
            urls = session.scalars(select(Source.url)).all()
        assert all(url.startswith("http://127.0.0.1:9000/") for url in urls)
        assert service.allowed_pairs() == ("127.0.0.1:9000",)


def test_its_sources_wait_until_their_sites_are_served(visitor: Visitor) -> None:
    with visitor.opened() as service:
        for served in (False, True):
            if served:
                refresh_sample(service)
            with service.records.read() as session:
                due = session.scalars(select(Source.next_due_at)).all()
            soon = sample_started_at(service.records) if not served else CLOCK.now()
            waits = [(at - soon) > timedelta(minutes=30) for at in due]
            assert waits == [not served] * len(due)


def assert_cleared(settings: Settings, visitor: Visitor) -> None:
    assert current_workspace(settings.data_dir) == Workspace("main", settings.data_dir / "main")
    assert not (settings.data_dir / "sample").exists()
    assert not clear_requested(settings.data_dir)
    with visitor.opened() as service:
        for table in (Brand, Source, Case, OutboxMessage, Policy):
            assert count(service, table) == 0
        with service.records.read() as session:
            assert session.scalars(select(User.username)).all() == ["admin"]


def test_clearing_keeps_accounts_and_removes_everything_else(
    settings: Settings, visitor: Visitor
) -> None:
    clear_sample(settings)
    assert_cleared(settings, visitor)
    with visitor.opened() as service:
        assert visitor.sign_in(service)
        assert session_user(service.records, visitor.cookie, CLOCK)
        assert token_user(service.records, visitor.token, CLOCK)
        assert not service.workspace.is_sample
        assert service.allowed_pairs() == ()


def test_clearing_twice_is_as_clearing_once(settings: Settings, visitor: Visitor) -> None:
    clear_sample(settings)
    clear_sample(settings)
    assert_cleared(settings, visitor)


@pytest.mark.parametrize("step", ["_copy", "_carry_accounts", "use_workspace", "rmtree"])
def test_a_clearing_that_is_cut_off_is_finished_by_the_next(
    settings: Settings, visitor: Visitor, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def cut_off(*_: object, **__: object) -> None:
        raise CutOff

    with monkeypatch.context() as patch:
        patch.setattr(shutil if step == "rmtree" else api.sample, step, cut_off)
        with pytest.raises(CutOff):
            clear_sample(settings)
    assert current_workspace(settings.data_dir) is not None
    clear_sample(settings)
    assert_cleared(settings, visitor)
    with visitor.opened() as service:
        assert visitor.sign_in(service)


def test_what_changed_between_two_tries_counts(
    settings: Settings, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cut_off(*_: object) -> None:
        raise CutOff

    with monkeypatch.context() as patch:
        patch.setattr(api.sample, "use_workspace", cut_off)
        with pytest.raises(CutOff):
            clear_sample(settings)
    with visitor.opened() as service:
        sign_out(service.records, visitor.cookie)
        with service.records.write() as session:
            session.scalars(select(ApiToken)).one().revoked_at = CLOCK.now()
            admin = session.scalars(select(User).where(User.username == "admin")).one()
            admin.disabled_at = CLOCK.now()
    clear_sample(settings)
    with visitor.opened() as service:
        assert session_user(service.records, visitor.cookie, CLOCK) is None
        assert token_user(service.records, visitor.token, CLOCK) is None
        with pytest.raises(NotSignedIn):
            visitor.sign_in(service)


def test_a_wish_to_clear_is_kept_until_it_is_done(settings: Settings, visitor: Visitor) -> None:
    assert not clear_requested(settings.data_dir)
    request_clear(settings.data_dir)
    assert clear_requested(settings.data_dir)
    clear_sample(settings)
    assert not clear_requested(settings.data_dir)


def test_the_command_clears_what_nobody_uses(settings: Settings, visitor: Visitor) -> None:
    ended = run_module("-m", "api.cli", "sample", "clear", **environment(settings))
    assert ended.returncode == 0, ended.stderr.decode()
    assert_cleared(settings, visitor)
    again = run_module("-m", "api.cli", "sample", "clear", **environment(settings))
    assert (again.returncode, again.stdout) == (0, b"")
    assert "没有示例工作区" in again.stderr.decode()


@pytest.mark.parametrize("lock", ["web.lock", "sample/worker.lock"])
@pytest.mark.usefixtures("visitor")
def test_the_command_leaves_alone_what_another_process_uses(settings: Settings, lock: str) -> None:
    holder = start_python(HOLD_LOCK, settings.data_dir / lock)
    assert hear(holder) == "held"
    refused = run_module("-m", "api.cli", "sample", "clear", **environment(settings))
    assert refused.returncode == 2
    assert "already runs" in refused.stderr.decode()
    assert (settings.data_dir / "sample" / "records.sqlite").exists()
    kill(holder)


def test_the_command_asks_the_supervisor_that_runs(settings: Settings, visitor: Visitor) -> None:
    holder = start_python(HOLD_LOCK, settings.data_dir / "up.lock")
    assert hear(holder) == "held"
    command = start_python(
        "import sys; sys.argv[1:] = ['sample', 'clear']; from api.cli import main; main()",
        **environment(settings),
    )
    give_up = time.monotonic() + 20
    while not clear_requested(settings.data_dir) and time.monotonic() < give_up:
        assert command.poll() is None
        time.sleep(0.02)
    clear_sample(settings)
    assert finished(command).returncode == 0
    assert_cleared(settings, visitor)
    say(holder)
    finished(holder)


def environment(settings: Settings) -> dict[str, str]:
    return {"SHENGYU_DATA_DIR": str(settings.data_dir), "SHENGYU_PORT": str(settings.port)}
