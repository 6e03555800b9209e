"""The records: version, form, rights, clock."""

from collections.abc import Iterator
from importlib import import_module
from typing import Final

from sqlalchemy import delete, func, select, text

from api.checks.finding import Finding
from api.retention import kept_from
from api.wiring import Service
from storage.records.database import database_now
from storage.records.stories import StoryMember
from storage.records.workspace import Fact
from storage.search import Filters, Selection
from storage.transfer import mark, revision_of
from storage.transfer.named_files import absent_files

_LARGEST_SKEW_S: Final = 5.0
# Mentions that one batch at most brings to the records before the index has them.
_BATCH: Final = 500
_OLDEST_POSTGRESQL: Final = 14
TESTED: Final = "15"


def version(service: Service) -> Iterator[Finding]:
    """The database's version against those that the tests run on."""
    with service.records.read() as session:
        if service.records.is_embedded:
            ours, theirs = session.scalar(text("SELECT sqlite_version()")), _search_version()
            yield Finding("记录版本", f"SQLite {ours}，搜索用 SQLite {theirs}")
            return
        number = int(session.scalar(text("SHOW server_version_num")) or 0)
        name = session.scalar(text("SHOW server_version"))
    old = number // 10_000 < _OLDEST_POSTGRESQL
    hint = f"请升级到 PostgreSQL {_OLDEST_POSTGRESQL} 或更新的版本；测试用的是 {TESTED}。"
    yield Finding("记录版本", f"PostgreSQL {name}（测试过 {TESTED}）", hint if old else None)


def form(service: Service) -> Iterator[Finding]:
    """The schema, and whether a move or restore was left in the middle."""
    begun = mark.read(service.records)
    detail = f"结构 {revision_of(service.records)}"
    if begun is not None and begun.finished_at is None:
        yield Finding(
            "记录结构",
            f"{detail}；从 {begun.begun_at:%Y-%m-%d %H:%M}（UTC）起的搬迁或恢复没有完成",
            "请再运行一次 shengyu move 或 shengyu restore，直到它说全部一致。",
        )
    else:
        yield Finding("记录结构", detail)


def rights(service: Service) -> Iterator[Finding]:
    """A row is written, read and removed."""
    name = service.ids.new("doctor")
    with service.records.write() as session:
        session.add(Fact(name=name, value="probe"))
    with service.records.write() as session:
        there = session.get(Fact, name) is not None
        session.execute(delete(Fact).where(Fact.name == name))
    hint = None if there else "写入的行读不回来。请确认地址指向主库，而不是只读副本。"
    yield Finding("记录", "可写、可读、可删", hint)


def clock(service: Service) -> Iterator[Finding]:
    """The database's time, by which leases run, against this machine's."""
    with service.records.read() as session:
        skew = abs((database_now(session) - service.clock.now()).total_seconds())
    hint = None if skew <= _LARGEST_SKEW_S else "校准这台机器和数据库的时钟（NTP）。"
    yield Finding("数据库时钟", f"时钟相差 {skew:.1f} 秒", hint)


def index(service: Service) -> Iterator[Finding]:
    """Every mention that the records put into a story must be in the index."""
    with service.records.read() as session:
        known = session.scalar(select(func.count()).select_from(StoryMember)) or 0
    held = service.index.count(Selection())
    lost = held + _BATCH * (1 + service.spool.backlog()[0]) < known
    hint = "索引里少了提及：可能换了索引文件或前缀。请检查设置；丢失的请从备份恢复。"
    yield Finding("索引", f"{held} 条提及，记录里有 {known} 条", hint if lost else None)


def retention(service: Service) -> Iterator[Finding]:
    """How long mentions are kept, and how many are older and still there."""
    months = service.settings.retention_months
    if months is None:
        yield Finding("保留期", "未设置 SHENGYU_RETENTION_MONTHS，提及全部保留")
        return
    before = kept_from(service.clock.now(), months)
    old = service.index.count(Selection(filters=Filters(before=before)))
    detail = f"保留 {months} 个整月和当月；{before:%Y-%m-%d} 以前的还有 {old} 条"
    yield Finding("保留期", f"{detail}，工作进程每小时清理一次" if old else detail)


def files(service: Service) -> Iterator[Finding]:
    """Every file that the records name must be in the store."""
    absent = absent_files(service)
    detail = f"记录提到的文件缺少 {len(absent)} 个"
    if absent:
        detail += f"，如 {absent[0]}"
    hint = "可能换了文件夹或桶。请检查设置；丢失的请从备份恢复。"
    yield Finding("文件", detail, hint if absent else None)


def _search_version() -> str:
    return str(import_module("apsw").sqlite_lib_version())
